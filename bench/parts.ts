import type { BenchPart } from './context.ts';
import { compare } from './parts/compare.ts';
import { callers } from './parts/curves/callers.ts';
import { groups } from './parts/curves/groups.ts';
import { instances } from './parts/curves/instances.ts';
import { rows } from './parts/curves/rows.ts';
import { skus } from './parts/curves/skus.ts';
import { firstBuyer } from './parts/first-buyer.ts';
import { hotAccount } from './parts/hot-account.ts';
import { kafka } from './parts/kafka.ts';
import { ledger } from './parts/ledger.ts';
import { arrivals } from './parts/load/arrivals.ts';
import { efficiency } from './parts/load/efficiency.ts';
import { memory } from './parts/load/memory.ts';
import { threads } from './parts/load/threads.ts';
import { workers } from './parts/load/workers.ts';
import { purchase } from './parts/purchase.ts';
import { sale } from './parts/sale.ts';
import { soak } from './parts/soak.ts';
import { soldOut } from './parts/sold-out.ts';
import { verdict } from './parts/verdict.ts';

/** The parts of `npm run bench:load`. */
export const LOAD_PARTS: BenchPart[] = [efficiency, workers, arrivals, memory, threads];

/** All parts, in the order in which they run. */
export const PARTS: BenchPart[] = [
  ...[sale, ledger, purchase, soldOut, kafka, hotAccount],
  ...[callers, skus, rows, instances, groups],
  ...[firstBuyer, ...LOAD_PARTS],
  ...[soak, verdict, compare],
];
