import { parse } from 'node:path';
import type { Command } from 'commander';
import {
  describeRepeats,
  type EndedRun,
  type RepeatedRuns,
} from '../../src/comparison/repeated-runs.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { count } from '../../src/kernel/wording.ts';
import { type CliContext, mayColor } from '../context.ts';
import { describeError } from '../render/error.ts';
import { renderRepeats } from '../render/repeats.ts';
import { settingsOf } from '../settings.ts';
import { createChildRuns } from './child-run.ts';
import type { RunFlags } from './run.ts';

/** Flags that name a file, of which each run gets one of its own. */
const FILES = ['--history', '--report', '--junit', '--markdown', '--summary-export', '--out', '-o'];
/** Outputs that are files: `json=samples.json`. */
const FILE_OUTPUT = /^(json=|csv=)(.+)$/s;

/** Exit codes of runs, the one that outweighs the others first. */
const WORST_FIRST: readonly ExitCode[] = [
  ExitCode.invariantBroken,
  ExitCode.interrupted,
  ExitCode.inconclusive,
  ExitCode.thresholdMissed,
];

/** Runs a scenario several times, each with the next seed and everything started afresh, and counts what failed. */
export async function repeatRun(
  times: number,
  scenario: string,
  command: Command,
  context: CliContext,
): Promise<void> {
  if (scenario === '-') {
    throw UserError.usage('a scenario from standard input cannot be repeated', {
      why: 'standard input can be read only once',
      next: 'save it in a file, or leave --repeat out',
    });
  }
  const flags = command.optsWithGlobals<RunFlags>();
  const { settings } = await settingsOf(command, context);
  const args = withoutFlag(context.typed.slice(context.typed.indexOf('run') + 1), '--repeat');
  const children = createChildRuns(context);
  const runs: EndedRun[] = [];
  let failed: RepeatedRuns['failed'] = null;
  for (let turn = 0; turn < times; turn++) {
    const seed = settings.seed + turn;
    let ended: EndedRun | undefined;
    try {
      ended = await children.run([...numbered(args, turn + 1), '--seed', String(seed)]);
    } catch (error) {
      // The runs before have shown something that is worth telling.
      if (runs.length === 0) throw error;
      failed = { seed, ...describeError(error).error };
    }
    if (ended === undefined) break;
    runs.push(ended);
    if (!flags.quiet) {
      const { verdict } = ended.document;
      const result = verdict?.sentence ?? `ended with exit code ${ended.exitCode}`;
      context.stderr.write(`run ${turn + 1} of ${times}, seed ${seed}: ${result}\n`);
    }
  }
  const repeats = describeRepeats(runs[0]?.document.scenario ?? scenario, runs, failed);
  if (flags.json) context.document(repeats);
  else {
    const color = mayColor(context.stdout, flags, context.env);
    context.stdout.write(`${renderRepeats(repeats, { color })}\n`);
  }
  if (runs.length < times) {
    context.stderr.write(`note: stopped after ${count(runs.length, 'run')} of ${times}\n`);
  }
  context.exit(exitCodeOf(repeats, runs.length < times));
}

function exitCodeOf({ runs, failed }: RepeatedRuns, isStopped: boolean): ExitCode {
  const codes = new Set<number>(runs.map(({ exitCode }) => exitCode));
  if (failed !== null && !codes.has(ExitCode.invariantBroken)) return failed.exitCode as ExitCode;
  if (isStopped) codes.add(ExitCode.interrupted);
  return WORST_FIRST.find((code) => codes.has(code)) ?? ExitCode.valid;
}

function withoutFlag(args: string[], flag: string): string[] {
  return args.filter(
    (arg, place) => arg !== flag && args[place - 1] !== flag && !arg.startsWith(`${flag}=`),
  );
}

/** The files of one run: `history.ndjson` becomes `history-3.ndjson`. */
function numbered(args: string[], turn: number): string[] {
  const numberedPath = (path: string): string => {
    const { dir, name, ext } = parse(path);
    return `${dir === '' ? '' : `${dir}/`}${name}-${turn}${ext}`;
  };
  const numberedValue = (flag: string, value: string): string => {
    if (!FILES.includes(flag)) return value;
    if (flag !== '--out' && flag !== '-o') return numberedPath(value);
    const [, form, path] = FILE_OUTPUT.exec(value) ?? [];
    return form === undefined || path === undefined ? value : form + numberedPath(path);
  };
  return args.map((arg, place) => {
    const [, flag, value] = /^(--[\w-]+)=(.+)$/s.exec(arg) ?? [];
    return flag === undefined || value === undefined
      ? numberedValue(args[place - 1] ?? '', arg)
      : `${flag}=${numberedValue(flag, value)}`;
  });
}
