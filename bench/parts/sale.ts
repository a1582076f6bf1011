import type { BenchPart } from '../context.ts';
import type { Contestant } from '../kit/contestant.ts';
import {
  cpuPer100k,
  type Entry,
  measureInTurns,
  type Plan,
  pairedRatio,
  type Round,
} from '../kit/measure.ts';
import { ours, reservingPlan } from '../kit/reserving.ts';
import { median } from '../kit/statistics.ts';
import type { Goal, Report, Table } from '../report.ts';

const STOCK_EXPRESS = 'stock Express + FOR UPDATE';
const API = 'ours, role api alone';
const ALL = 'ours, all roles';
const NOTHING = 'ours, all roles, storing nothing';

const stockExpress = (name: string, secretAs: string): Contestant => ({
  name,
  run: { script: 'servers/stock-express.js' },
  env: { SECRET_AS: secretAs },
});

/** The servers, each with enough reservations for a few seconds. Stock Express has no consumers of its events. */
function entriesFor(connections: number): Entry[] {
  const entry = (contestant: Contestant, count: number, plan: Partial<Plan>): Entry => ({
    contestant,
    plan: reservingPlan({ connections, count, rounds: 1, ...plan }),
  });
  const silent = { delivers: undefined };
  const stock = { ...silent, warmUp: 500, greets: false };
  return [
    entry(stockExpress('stock Express, string secret, FOR UPDATE', 'string'), 2_000, stock),
    entry(stockExpress(STOCK_EXPRESS, 'key'), 3_000, stock),
    entry(ours(API, { ROLES: 'api' }), 20_000, silent),
    entry(ours(ALL), 20_000, {}),
    entry(ours(NOTHING, { STORE: 'nothing' }), 20_000, silent),
  ];
}

/** Reservations over HTTP with a JWT on one hot SKU, and what they cost until the last consumer has its events. */
export const sale: BenchPart = {
  name: 'sale',
  about: 'durable reservations over HTTP, and the delivery of their events',
  isDefault: true,
  async run({ openArena, rounds }) {
    const arena = await openArena();
    const report: Report = { tables: [], goals: [], charts: [], notes: [] };
    for (const connections of [64, 256]) {
      const runs = await measureInTurns(arena, entriesFor(connections), rounds);
      const byName = new Map([...runs].map(([{ contestant }, done]) => [contestant.name, done]));
      report.tables.push(toTable(connections, byName));
      report.goals.push(...goalsOf(connections, byName));
    }
    report.notes.push(
      'CPU is in seconds per 100,000 reservations. That of delivery is the difference between all roles and the role `api` alone. ' +
        'Stock Express writes the same events, and nobody delivers them.',
    );
    return report;
  },
};

type Runs = Map<string, Round[]>;

function toTable(connections: number, runs: Runs): Table {
  const base = runs.get(STOCK_EXPRESS) ?? [];
  return {
    caption: `Reservations over HTTP, ${connections} connections, medians of ${base.length} rounds`,
    columns: [
      ...['server', 'per second', '÷ stock Express', 'p50 ms', 'p99 ms'],
      ...['CPU server', 'CPU PostgreSQL', 'CPU generator', 's until delivered'],
    ],
    rows: [...runs].map(([name, rounds]) => [
      name,
      median(rounds.map((round) => round.perSecond)),
      `${pairedRatio(rounds, base).toFixed(1)}×`,
      median(rounds.map((round) => round.p50Ms)),
      median(rounds.map((round) => round.p99Ms)),
      median(rounds.map((round) => cpuPer100k(round, round.all, 'server'))),
      median(rounds.map((round) => cpuPer100k(round, round.all, 'postgres'))),
      median(rounds.map((round) => cpuPer100k(round, round.all, 'generator'))),
      median(rounds.map((round) => round.delivery.seconds)),
    ]),
  };
}

function goalsOf(connections: number, runs: Runs): Goal[] {
  const of = (name: string) => runs.get(name) ?? [];
  const cost = (round: Round) => cpuPer100k(round, round.all);
  const vsStock: Goal = {
    name: `reservations, all roles on, ÷ ${STOCK_EXPRESS}, ${connections} connections`,
    value: pairedRatio(of(ALL), of(STOCK_EXPRESS)),
    unit: '×',
    atLeast: connections === 64 ? 20 : 30,
  };
  if (connections === 64) {
    const delivery = of(ALL).map((round, index) => cost(round) - cost(of(API)[index] as Round));
    return [
      {
        name: 'CPU per 100,000 reservations with all events delivered to all groups: server and PostgreSQL, 64 connections',
        value: median(of(ALL).map(cost)),
        unit: ' s',
        atMost: 12,
      },
      { name: '… of which delivery', value: median(delivery), unit: ' s', atMost: 3 },
      vsStock,
    ];
  }
  return [
    vsStock,
    {
      name: 'durable ÷ storing nothing, all roles on, 256 connections',
      value: pairedRatio(of(ALL), of(NOTHING)),
      unit: '',
      atLeast: 0.7,
    },
  ];
}
