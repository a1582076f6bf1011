import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Evidence } from '../src/checkers/evidence.ts';
import { judge } from '../src/checkers/verdict.ts';
import type { SkuOnSale } from '../src/history/operation.ts';
import { readHistory } from '../src/history/reader.ts';
import { createHistoryFile } from '../src/history/recorder.ts';
import { simulateSale } from '../test/judge/simulated-sale/simulate-sale.ts';

export interface VerdictBench {
  operations: number;
  /** CPU time of this process per call recorded, its invocation and its answer together. */
  recordCpuNsPerOperation: number;
  readSeconds: number;
  judgeSeconds: number;
  /** CPU seconds, garbage collection included. A busy machine does not change them. */
  judgeCpuSeconds: number;
  verdict: string;
}

/** Records, reads back and judges a simulated sale of about `operations` calls, as a run does with a real one. */
export async function benchVerdict(operations: number): Promise<VerdictBench> {
  // Two thirds of the buyers call once; the others call again after a refusal.
  const buyers = Math.round(operations * 0.7);
  const { evidence } = simulateSale({
    seed: 1,
    buyers,
    total: 1_000,
    arrivalRate: 50_000,
    lossRate: 0.01,
    instances: 2,
  });
  const folder = mkdtempSync(join(tmpdir(), 'flashsale-bench-'));
  try {
    const path = join(folder, 'history.ndjson');
    const recordedCpuNs = await record(evidence, path);
    const readStarted = performance.now();
    const history = await readHistory(path);
    const judgeStarted = performance.now();
    const cpuBefore = process.cpuUsage();
    const { sentence } = judge(history);
    const cpu = process.cpuUsage(cpuBefore);
    return {
      operations: evidence.operations.length,
      recordCpuNsPerOperation: recordedCpuNs / evidence.operations.length,
      readSeconds: (judgeStarted - readStarted) / 1e3,
      judgeSeconds: (performance.now() - judgeStarted) / 1e3,
      judgeCpuSeconds: (cpu.user + cpu.system) / 1e6,
      verdict: sentence,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Events recorded between two turns of the event loop, so that the recorder can write as it does under load. */
const EVENTS_PER_TURN = 500;

async function record(evidence: Evidence, path: string): Promise<number> {
  const events = evidence.operations.flatMap((operation) => [
    { atNs: operation.invokedAtNs, operation, isAnswer: false },
    ...(operation.outcome === 'info'
      ? []
      : [{ atNs: operation.completedAtNs, operation, isAnswer: true }]),
  ]);
  events.sort((a, b) => a.atNs - b.atNs);

  let nowNs = 0;
  const clock = { nowMs: () => 0, monotonicNs: () => nowNs };
  const history = createHistoryFile(path, evidence.sale, clock);
  const before = process.cpuUsage();
  for (const [place, { atNs, operation, isAnswer }] of events.entries()) {
    nowNs = atNs;
    if (isAnswer) history.complete(operation.id, operation);
    else history.invoke(operation);
    if (place % EVENTS_PER_TURN === 0) await nextTurn();
  }
  const { user, system } = process.cpuUsage(before);

  for (const scrape of evidence.scrapes ?? []) history.scrape(scrape);
  const { inventory = [], reservations = [], orders = [], movements = [] } = evidence.ledger ?? {};
  const rows = [...inventory, ...reservations, ...orders, ...movements];
  for (const row of rows) history.ledger(row);
  const counts = {
    ...{ inventory: inventory.length, reservation: reservations.length },
    ...{ order: orders.length, movement: movements.length },
  };
  const [{ skuId }] = evidence.sale.skus as [SkuOnSale];
  history.books({ skuId, fromNs: nowNs, toNs: nowNs, counts });
  await history.close();
  return (user + system) * 1e3;
}

/** `npx tsx bench/verdict.ts [operations]` */
if (import.meta.filename === process.argv[1]) {
  const result = await benchVerdict(Number(process.argv[2] ?? 1_000_000));
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}
