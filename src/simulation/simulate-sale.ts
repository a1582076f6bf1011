import type { LedgerSnapshot } from '../history/ledger-snapshot.ts';
import type { BooksReading } from '../history/manifest.ts';
import type { RecordedHistory } from '../history/parser.ts';
import type { LedgerEntry } from '../protocol/ledger.ts';
import { createBuyers } from './buyers/buyers.ts';
import type { Visit } from './buyers/visit.ts';
import { createNetwork } from './network.ts';
import { readLedger } from './server/final-ledger.ts';
import { createInstances, type Instances } from './server/instances.ts';
import { tellLies } from './server/lies.ts';
import { createServer } from './server/server.ts';
import { createWorld, idOf, NS_PER_MS, type SimulationOptions, type World } from './world.ts';

export interface Simulation {
  evidence: RecordedHistory;
  /** Number of times that the bug did harm; 0 when this run gave it no chance. */
  harm: number;
}

/**
 * Simulates a whole sale in virtual time: buyers with different plans, and thieves among them; a network that delays and
 * loses; several server processes, a sweeper, a payment provider and consumers of events; and a ledger that is right, or
 * wrong in one named way. The same options give the same evidence.
 *
 * The simulation and the checks share no code, so that a mistake in one shows in the other.
 */
export function simulateSale(options: SimulationOptions): Simulation {
  const world = createWorld(options);
  const instances = createInstances(world);
  const server = tellLies(world, createServer(world, instances));
  const network = createNetwork(world, instances);
  runSale(world, instances, createBuyers(world, network, server));
  const { sale } = world;
  const { operations } = network;
  const { scrapes } = instances;
  const ledger = readLedger(world, server, operations);
  return {
    evidence: {
      sale,
      operations,
      ledger,
      books: readingsOf(world, ledger),
      scrapes,
      scrapesRecorded: scrapes.length,
      generator: { saturated: false, reasons: [] },
      truncated: false,
    },
    harm: world.harm,
  };
}

/** The accounts of how the ledger of each SKU was read, one after the other. */
function readingsOf({ sale, timeline }: World, ledger: LedgerSnapshot): BooksReading[] {
  const readings = new Map(
    sale.skus.map(({ skuId }, place) => {
      const fromNs = timeline.nowNs() + place * NS_PER_MS;
      return [skuId, { skuId, fromNs, toNs: fromNs + NS_PER_MS, counts: {} as Counts }];
    }),
  );
  for (const rows of Object.values(ledger)) {
    for (const { row, skuId } of rows as LedgerEntry[]) {
      const counts = readings.get(skuId)?.counts;
      if (counts !== undefined) counts[row] = (counts[row] ?? 0) + 1;
    }
  }
  return [...readings.values()];
}

type Counts = NonNullable<BooksReading['counts']>;

function runSale(world: World, { scrapeAll }: Instances, visit: Visit): void {
  const { timeline, random, options } = world;
  const { buyers, arrivalRate, holdTtlMs, sweepGraceMs, isKilled } = options;
  scrapeAll();
  let arrivalNs = 10 * NS_PER_MS;
  for (let place = 0; place < buyers; place++) {
    arrivalNs += Math.floor(-Math.log(1 - random()) * (1e9 / arrivalRate));
    timeline.at(arrivalNs, () => visit(idOf('b', place + 1), 3));
  }
  const everyNs = Math.max(20 * NS_PER_MS, arrivalNs / 100);
  for (let atNs = 20 * NS_PER_MS; atNs < arrivalNs; atNs += everyNs) {
    timeline.at(Math.floor(atNs), scrapeAll);
  }
  if (isKilled) {
    timeline.at(Math.floor(arrivalNs / 2), () => {
      world.wasKilled = true;
    });
  }
  timeline.run();
  // One more buyer comes long after the last hold had to be swept.
  timeline.after((holdTtlMs + sweepGraceMs + 10) * NS_PER_MS, () =>
    visit(idOf('b', buyers + 1), 0),
  );
  timeline.run();
  timeline.after(NS_PER_MS, scrapeAll);
  timeline.run();
}
