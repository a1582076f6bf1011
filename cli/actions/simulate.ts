import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Command } from 'commander';
import { judge, type VerdictStatus } from '../../src/checkers/verdict.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { keepHeapLean } from '../../src/kernel/lean-heap.ts';
import { assertWritable } from '../../src/kernel/writable.ts';
import { describeVerdict } from '../../src/report/run-document.ts';
import { saleToBreak } from '../../src/simulation/broken-sale.ts';
import type { Bug } from '../../src/simulation/bugs.ts';
import { randomSale } from '../../src/simulation/random-sale.ts';
import { recordSale } from '../../src/simulation/record-sale.ts';
import { simulateSale } from '../../src/simulation/simulate-sale.ts';
import type { SimulationOptions } from '../../src/simulation/world.ts';
import { type CliContext, columnsOf, type GlobalFlags, mayColor } from '../context.ts';
import { verdictCode } from '../exit-code.ts';
import { renderVerdict } from '../render/verdict.ts';

interface SimulateFlags extends GlobalFlags {
  flow?: SimulationOptions['flow'];
  bug?: Bug;
  buyers?: number;
  stock?: number;
  skus?: number;
  baskets?: number;
  instances?: number;
  loss?: number;
  seed: number;
  sales?: number;
  history?: string;
}

/** Simulates one sale and prints its verdict, or many and prints how often each verdict came. */
export async function simulate(command: Command, context: CliContext): Promise<void> {
  keepHeapLean();
  const flags = command.optsWithGlobals<SimulateFlags>();
  const { sales = 1 } = flags;
  if (sales === 1) await simulateOne(flags, context);
  else await simulateMany(flags, sales, context);
}

async function simulateOne(flags: SimulateFlags, context: CliContext): Promise<void> {
  const { history: path } = flags;
  if (path !== undefined) assertWritable(path, '--history FILE');
  const { evidence, harm } = simulateSale(saleOf(flags, flags.seed));
  if (path !== undefined) await recordSale(path, evidence);
  const verdict = judge(evidence);
  if (flags.json) context.document(describeVerdict(verdict, evidence.sale));
  else {
    const color = mayColor(context.stdout, flags, context.env);
    const columns = columnsOf(context.stdout);
    if (flags.bug !== undefined) {
      context.stdout.write(`${flags.bug} did harm ${harm} times in this sale\n\n`);
    }
    context.stdout.write(`${renderVerdict(verdict, evidence.sale, { color, columns })}\n`);
  }
  context.exit(verdictCode(verdict) ?? ExitCode.valid);
}

/** Told to end, it tells of the sales that it has judged until then. */
async function simulateMany(
  flags: SimulateFlags,
  asked: number,
  context: CliContext,
): Promise<void> {
  let isStopped = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      isStopped = true;
    });
  }
  const counts: Record<VerdictStatus, number> = {
    valid: 0,
    invalid: 0,
    unknown: 0,
    inconclusive: 0,
  };
  /** Seeds of sales that were called wrong, and of those in which a bug did harm and was not found. */
  const invalid: number[] = [];
  const missed: number[] = [];
  let sales = 0;
  while (sales < asked && !isStopped) {
    const seed = flags.seed + sales;
    const { evidence, harm } = simulateSale(saleOf(flags, seed));
    const { status } = judge(evidence);
    counts[status] += 1;
    if (status === 'invalid') invalid.push(seed);
    else if (harm > 0) missed.push(seed);
    sales += 1;
    await nextTurn();
  }
  const { bug, json } = flags;
  if (json)
    context.document({ bug: bug ?? null, fromSeed: flags.seed, sales, counts, invalid, missed });
  else context.stdout.write(`${tellMany(flags, sales, counts, { invalid, missed })}\n`);
  if (sales < asked) context.exit(ExitCode.interrupted);
  else if (missed.length > 0) context.exit(ExitCode.inconclusive);
  else context.exit(invalid.length > 0 ? ExitCode.invariantBroken : ExitCode.valid);
}

function tellMany(
  flags: SimulateFlags,
  sales: number,
  counts: Record<VerdictStatus, number>,
  { invalid, missed }: { invalid: number[]; missed: number[] },
): string {
  const { bug, seed } = flags;
  const counted = Object.entries(counts)
    .filter(([, times]) => times > 0)
    .map(([status, times]) => `${times} ${status}`)
    .join(', ');
  const lines = [`${sales} sales from seed ${seed}: ${counted}`];
  if (bug === undefined && counts.valid < sales && invalid.length === 0) {
    lines.push(
      'Those that are not valid prove nothing: nobody raced for the last units, or a process died with what it had counted.',
    );
  }
  if (bug !== undefined) {
    const harmed = invalid.length + missed.length;
    lines.push(`${bug} did harm in ${harmed} of them, and was found in ${invalid.length}`);
  }
  const shown = bug === undefined ? invalid[0] : missed[0];
  if (shown !== undefined) {
    lines.push(`look at one: ${commandOf({ ...flags, sales: 1, seed: shown })}`);
  }
  return lines.join('\n');
}

/** The command that makes the sale of these flags. */
function commandOf({
  flow,
  bug,
  buyers,
  stock,
  skus,
  baskets,
  instances,
  loss,
  seed,
  sales,
}: SimulateFlags): string {
  const percent = (share: number | undefined) =>
    share === undefined ? undefined : Number((share * 100).toPrecision(9));
  const flags = {
    ...{ sales, seed, flow, bug, buyers, stock, skus, baskets: percent(baskets), instances },
    loss: percent(loss),
  };
  const words = Object.entries(given(flags)).map(([name, value]) => `--${name} ${value}`);
  return ['flashsale-cli simulate', ...words].join(' ');
}

/** The sale of a seed: as large as the flags say, in the shape in which a bug shows, or in a random one of many. */
function saleOf(
  { flow, bug, buyers, stock, skus, baskets, instances, loss, sales }: SimulateFlags,
  seed: number,
): SimulationOptions {
  return {
    ...shapeOf(bug, seed, sales),
    ...given({ flow, bug, buyers, total: stock, skus, basketRate: baskets, instances }),
    ...given({ lossRate: loss }),
  };
}

function shapeOf(bug: Bug | undefined, seed: number, sales: number | undefined): SimulationOptions {
  if (bug !== undefined) return saleToBreak(bug, seed);
  if (sales !== undefined) return randomSale(seed);
  return { seed, buyers: 2_000, total: 100, instances: 2, lossRate: 0.01, arrivalRate: 20_000 };
}

/** The values that somebody gave. */
const given = <Values extends object>(values: Values): Partial<Values> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<Values>;
