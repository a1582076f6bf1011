import { createPool } from '../../server/platform/postgres.ts';
import { createStockLedger } from '../../server/stock/index.ts';
import { findKafka, kafkaHomeByDefault } from '../../src/stack/services/find-kafka.ts';
import { createKafkaBroker, type KafkaBroker } from '../../src/stack/services/kafka.ts';
import type { BenchPart } from '../context.ts';
import type { Arena } from '../kit/arena.ts';
import { createCpuMeter, type Spent } from '../kit/cpu.ts';
import { readEventCounts, untilDelivered } from '../kit/delivered.ts';
import { type Servers, withServers } from '../kit/measure.ts';
import { ours } from '../kit/reserving.ts';
import { median } from '../kit/statistics.ts';
import { stockSkus } from '../kit/stock-sku.ts';
import type { Report } from '../report.ts';
import { holdAll } from './ledger.ts';

const HOLDS = 40_000;
const SKUS = 8;
/** Two events of each hold; one goes to three groups, the other to two. */
const DELIVERIES_PER_HOLD = 5;

interface Drain {
  holds: number;
  perSecond: number;
  spent: Spent<'server' | 'postgres' | 'kafka'>;
}

/**
 * Deliveries per second, over Kafka and without it. The holds come from the ledger in this process, as fast as it
 * can, and a server with the roles of delivery runs beside it; the time ends with the last delivery.
 */
export const kafka: BenchPart = {
  name: 'kafka',
  about: 'delivering events over Kafka, against delivery by the server alone',
  isDefault: true,
  async run({ openArena, rounds }) {
    const arena = await openArena();
    const broker = await startBroker(arena);
    if (typeof broker === 'string') {
      return report(undefined, [], rounds, [`Kafka: left out, ${broker}.`]);
    }
    const runs: Record<'direct' | 'kafka', Drain[]> = { direct: [], kafka: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const transport of ['direct', 'kafka'] as const) {
        const env: Record<string, string> =
          transport === 'kafka' ? { KAFKA_BROKERS: broker.brokers } : {};
        const server = ours(transport, { ROLES: 'relay,worker', ...env });
        runs[transport].push(
          await withServers(arena, server, 1, (servers) => drain(servers, broker.pid())),
        );
      }
    }
    const ratio = median(
      runs.kafka.map((run, round) => run.perSecond / (runs.direct[round]?.perSecond ?? Number.NaN)),
    );
    const row = (name: string, drains: Drain[]) => [
      name,
      median(drains.map((run) => run.perSecond)),
      ...(['server', 'postgres', 'kafka', 'generator'] as const).map((part) =>
        median(drains.map(({ spent, holds }) => (spent.cpu[part] * 100_000) / holds)),
      ),
    ];
    const rows = [row('without Kafka', runs.direct), row('Kafka', runs.kafka)];
    return report(ratio, rows, rounds, []);
  },
};

const report = (
  ratio: number | undefined,
  rows: Report['tables'][number]['rows'],
  rounds: number,
  notes: string[],
): Report => ({
  tables: [
    {
      caption: `Events of holds of ${SKUS} SKUs delivered to four groups, medians of ${rounds} rounds; CPU in seconds per 100,000 holds. That of the ledger which makes the holds is the generator's`,
      columns: [
        ...['transport', 'deliveries per second'],
        ...['CPU server', 'CPU PostgreSQL', 'CPU Kafka', 'CPU generator'],
      ],
      rows,
    },
  ].filter(({ rows: measured }) => measured.length > 0),
  goals: [
    {
      name: 'Kafka on: delivered events per second to four groups ÷ without Kafka',
      value: ratio,
      unit: '×',
      atLeast: 1,
    },
  ],
  charts: [],
  notes,
});

async function startBroker(arena: Arena): Promise<KafkaBroker | string> {
  const home = process.env.FLASHSALE_KAFKA_HOME || kafkaHomeByDefault();
  try {
    await findKafka(home);
  } catch {
    return 'its jars or Java are not on this machine (flashsale-cli doctor says how to get them)';
  }
  return arena.scope.start(createKafkaBroker({ folder: arena.folder, home }));
}

async function drain(servers: Servers, kafkaPid: number | undefined): Promise<Drain> {
  const { database, arena, origins, meter } = servers;
  const origin = origins[0] as string;
  const pool = createPool({ connectionString: database.url, max: 4 });
  const holds = arena.scaled(HOLDS / SKUS) * SKUS;
  try {
    const stock = createStockLedger({ pool, strategy: 'batched', holdTtlMs: 3_600_000 });
    const hold = async (count: number) => {
      const skuIds = await stockSkus(database.pool, SKUS, count);
      await Promise.all(skuIds.map((skuId) => holdAll(stock, skuId, count / SKUS, 200 / SKUS)));
      await untilDelivered(origin, meter.used);
    };
    // Warms the code, and has the consumers join their groups.
    await hold(holds / 2);
    const before = await countDeliveries(origin);
    await database.pool.query('CHECKPOINT');
    const own = createCpuMeter({
      server: servers.pids,
      postgres: [arena.postgresPid()],
      kafka: [kafkaPid],
    });
    await hold(holds);
    const spent = own.lap();
    const delivered = (await countDeliveries(origin)) - before;
    if (delivered !== holds * DELIVERIES_PER_HOLD) {
      throw new Error(`${delivered} deliveries instead of ${holds * DELIVERIES_PER_HOLD}`);
    }
    return { holds, perSecond: delivered / spent.seconds, spent };
  } finally {
    await pool.end();
  }
}

async function countDeliveries(origin: string): Promise<number> {
  const { handled } = await readEventCounts(origin);
  return Object.values(handled).reduce((sum, count) => sum + count, 0);
}
