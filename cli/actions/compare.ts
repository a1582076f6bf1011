import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Comparison, compareSides, type Side } from '../../src/comparison/comparison.ts';
import { describeComparison } from '../../src/comparison/comparison-page.ts';
import { decidingFigure, FIGURES, type FigureName } from '../../src/comparison/figures.ts';
import { orderOfRuns } from '../../src/comparison/order-of-runs.ts';
import { pairValues } from '../../src/comparison/pair-values.ts';
import type { EndedRun } from '../../src/comparison/repeated-runs.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { formatFigure } from '../../src/kernel/format.ts';
import { assertWritable } from '../../src/kernel/writable.ts';
import { renderPage } from '../../src/report/page/page.ts';
import { writeReports } from '../../src/report/write-reports.ts';
import { type CliContext, type GlobalFlags, mayColor } from '../context.ts';
import { renderComparison } from '../render/comparison.ts';
import { describeError } from '../render/error.ts';
import { readRange } from '../revision-range.ts';
import { assertSafe, resolveSettings } from '../settings.ts';
import { createChildRuns } from './child-run.ts';
import { openRevisions } from './revisions.ts';

type CompareFlags = GlobalFlags & {
  strategy?: string[];
  target?: string[];
  revisions?: string[];
  start?: string;
  prepare?: string;
  server?: string;
  pairs: number;
  runs: number;
  by?: FigureName;
  margin: number;
  report?: string;
};

/** A side before its runs. */
interface Contestant {
  name: string;
  /** Flags of `run` that only this side has. */
  args: string[];
  /** Variables of its runs: one that names a target is no mistake for a script that sells nothing. */
  env?: Record<string, string>;
  /** Has the side's server run while `work` does; absent: it runs already, or `run` starts it. */
  during?<Result>(work: () => Promise<Result>): Promise<Result>;
}

/**
 * Runs a scenario against all sides in turn, prints which is faster and sets the exit code.
 *
 * @param typed the scenario, with a range of revisions before or after it, and flags of `run`
 */
export async function compare(
  typed: string[],
  command: Command,
  context: CliContext,
): Promise<void> {
  const { scenario, runFlags, range } = readTyped(typed, context);
  const flags = command.optsWithGlobals<CompareFlags>();
  if (flags.report !== undefined) assertWritable(flags.report, '--report FILE');
  const children = createChildRuns(context);
  await assertSides(flags, runFlags, context);
  const { contestants, close } = await openContestants(flags, range, context);
  const sides: Side[] = contestants.map(({ name }) => ({ name, runs: [] }));
  const runOf = ({ args, env, during = (work) => work() }: Contestant, seed: number) =>
    during(() => children.run([scenario, ...args, '--seed', String(seed), ...runFlags], env));
  let failed: Comparison['failed'] = null;
  try {
    for (let pair = 1; pair <= flags.pairs && failed === null && !children.isStopped(); pair++) {
      failed = await runPair(pair, flags.runs, { contestants, sides, runOf });
      if (!flags.quiet && failed === null && !children.isStopped())
        context.stderr.write(`${tellPair(sides, pair, flags)}\n`);
    }
  } finally {
    await close();
  }
  const { by, margin, runs: runsPerPair } = flags;
  const name = sides[0]?.runs[0]?.scenario ?? scenario;
  const comparison = compareSides(sides, {
    ...{ scenario: name, by, margin: margin / 100, runsPerPair, failed },
  });
  const problems = await writeReports([
    [flags.report, () => renderPage(describeComparison(comparison, context.commandLine))],
  ]);
  for (const problem of problems) context.stderr.write(`note: ${problem}\n`);
  if (flags.json) context.document(comparison);
  else {
    const color = mayColor(context.stdout, flags, context.env);
    context.stdout.write(`${renderComparison(comparison, { color })}\n`);
  }
  context.exit(children.isStopped() ? ExitCode.interrupted : exitCodeOf(comparison));
}

/**
 * Runs each side some times. Resolves to the run that came to no result, after which none is made, because what was measured before
 * is worth telling.
 *
 * @throws the error of such a run in the first pair: nothing can be compared yet
 */
async function runPair(
  pair: number,
  runsPerPair: number,
  deps: {
    contestants: Contestant[];
    sides: Side[];
    runOf(side: Contestant, seed: number): Promise<EndedRun | undefined>;
  },
): Promise<Comparison['failed']> {
  const { contestants, sides, runOf } = deps;
  for (const { place, time } of orderOfRuns(contestants.length, pair, runsPerPair)) {
    const side = contestants[place] as Contestant;
    try {
      const ended = await runOf(side, (pair - 1) * runsPerPair + time);
      if (ended !== undefined) sides[place]?.runs.push(ended.document);
    } catch (error) {
      if (pair === 1) throw error;
      return { side: side.name, pair, ...describeError(error).error };
    }
  }
  return null;
}

/** Runs that prove nothing make the comparison one of servers that nobody has checked. */
function exitCodeOf({ sides, comparisons, by, failed }: Comparison): ExitCode {
  const decisions = comparisons.filter(({ figure }) => figure === by);
  const results = sides.flatMap((side) => Object.keys(side.results));
  if (results.includes('invalid')) return ExitCode.invariantBroken;
  if (failed !== null) return failed.exitCode as ExitCode;
  if (results.includes('failed') || decisions.some(({ decision }) => decision === 'slower')) {
    return ExitCode.thresholdMissed;
  }
  const isOpen =
    results.some((result) => result === 'unknown' || result === 'inconclusive') ||
    decisions.some(({ decision }) => decision === 'cannot tell');
  return isOpen ? ExitCode.inconclusive : ExitCode.valid;
}

function tellPair(sides: Side[], pair: number, flags: CompareFlags): string {
  const { pairs, runs: per } = flags;
  const { by = decidingFigure(sides.flatMap(({ runs }) => runs)) } = flags;
  const told = sides.map(({ name, runs }) => {
    const ofPair = runs.slice((pair - 1) * per, pair * per);
    const [value = null] = pairValues(
      ofPair.map((run) => FIGURES[by].read(run) ?? null),
      per,
    );
    const figure = value === null ? 'nothing' : formatFigure(Number(value.toPrecision(3)));
    const statuses = new Set(ofPair.map(({ verdict }) => verdict?.status ?? 'valid'));
    statuses.delete('valid');
    return `${name} ${figure}${statuses.size === 0 ? '' : ` (${[...statuses].join(', ')})`}`;
  });
  return `pair ${pair} of ${pairs}: ${FIGURES[by].label}: ${told.join(', ')}`;
}

/** Takes the range of revisions out of what was typed. A file of such a name is a scenario. */
function readTyped(
  typed: string[],
  { cwd }: CliContext,
): { scenario: string; runFlags: string[]; range: string[] | undefined } {
  const at = typed
    .slice(0, 2)
    .findIndex((text) => readRange(text) !== undefined && !existsSync(resolve(cwd, text)));
  const [scenario, ...runFlags] = typed.filter((_, place) => place !== at);
  const range = typed[at];
  if (scenario === undefined || (range !== undefined && scenario.startsWith('-'))) {
    throw UserError.usage(`no scenario is named beside ${range}`, {
      why: 'the revisions are compared by the load of a scenario',
      next: `flashsale-cli compare shop.ts ${range} --start 'npm start' --server shop.target.yaml`,
    });
  }
  return { scenario, runFlags, range: range === undefined ? undefined : readRange(range) };
}

/** Refuses before the first run what the run of a later side would refuse. */
async function assertSides(
  { strategy = [], target = [] }: CompareFlags,
  runFlags: string[],
  { env, cwd }: CliContext,
): Promise<void> {
  const unsafe = runFlags.includes('--unsafe') || undefined;
  const sides = [
    ...strategy.map((name) => ({ strategy: name })),
    ...target.map((url) => ({ target: url })),
  ];
  for (const side of sides) {
    assertSafe((await resolveSettings({ flags: { ...side, unsafe }, env, cwd })).settings);
  }
}

async function openContestants(
  { strategy, target, revisions: flagged, start, prepare, server }: CompareFlags,
  range: string[] | undefined,
  context: CliContext,
): Promise<{ contestants: Contestant[]; close(): Promise<void> }> {
  const given = [strategy, target, flagged, range].filter((sides) => sides !== undefined);
  const revisions = flagged ?? range;
  if (given.length !== 1) {
    throw UserError.usage('it is not clear what to compare', {
      why: given.length === 0 ? 'no sides are named' : 'sides are named in two ways',
      next: 'give one of --strategy a,b --target a.yaml,b.yaml, or revisions as main..HEAD',
    });
  }
  const close = async (): Promise<void> => {};
  if (strategy !== undefined) {
    return { contestants: strategy.map((name) => side(name, '--strategy')), close };
  }
  if (target !== undefined) {
    return { contestants: target.map((name) => side(name, '--target')), close };
  }
  if (start === undefined || server === undefined) {
    throw UserError.usage('a comparison of revisions needs a server to start', {
      why: `${start === undefined ? '--start' : '--server'} is not given`,
      next: "add --start 'npm start' --server shop.target.yaml",
    });
  }
  const path = resolve(context.cwd, server);
  const opened = await openRevisions(
    { names: revisions as string[], start, prepare, path },
    context,
  );
  return {
    contestants: opened.revisions.map(({ name, during }) => ({
      ...{ name, during },
      args: [],
      env: { FLASHSALE_TARGET: path },
    })),
    close: opened.close,
  };
}

const side = (name: string, flag: string): Contestant => ({ name, args: [flag, name] });
