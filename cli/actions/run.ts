import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { OptionOverrides } from '../../src/k6/options/overrides.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { type CliContext, columnsOf, definedIn, type GlobalFlags, mayColor } from '../context.ts';
import { openDisplay } from '../display.ts';
import { readK6Flags } from '../given-flags.ts';
import type { ErrorDocument } from '../render/error.ts';
import type { RunOrder } from '../run-thread/messages.ts';
import { RunThread, ThreadLeft } from '../run-thread/run-thread.ts';
import { stackOfTargets } from '../running-server.ts';
import { findScenario } from '../scenario-files.ts';
import { withoutLog } from '../script-log.ts';
import {
  assertSafe,
  buyersFileIsForShops,
  type Settings,
  servicesOf,
  settingsOf,
  targetFileOf,
} from '../settings.ts';

export type RunFlags = GlobalFlags & {
  history?: string;
  buyersFile?: string;
  runner: 'flashsale' | 'k6';
  report?: string;
  junit?: string;
  markdown?: string;
  rounds?: number;
  faults?: string;
  repeat?: number;
  sale?: string;
  part?: string;
  stopOn?: 'violation' | 'never';
  keep?: boolean;
};

/** Runs a scenario, shows its progress, prints the report and sets the exit code. */
export async function runScenario(
  scenario: string,
  command: Command,
  context: CliContext,
): Promise<void> {
  const flags = command.optsWithGlobals<RunFlags>();
  const { settings, origins } = await settingsOf(command, context);
  assertSafe(settings);
  assertRunnerTakes(flags, settings);
  assertPreparedAlone(flags, { settings, origins });
  const shop = shopOf(flags, settings, context);
  const targets = shop === undefined ? settings.target : undefined;
  const stack = await stackOfTargets(targets, context.cwd);
  // The script's own folder is the working directory then, as in k6.
  const isTyped = scenario === '-';
  const path = isTyped ? resolve(context.cwd, '-') : await findScenario(scenario, context.cwd);
  const scenarioText = isTyped ? await text(process.stdin) : undefined;
  const given = await readK6Flags(flags, context);
  const { stdout, env } = context;

  const display = await openDisplay({ scenario, settings, flags, context });
  const showEvent = withoutLog(given.log, display.show);
  const thread = new RunThread(
    {
      options: {
        ...settings,
        ...servicesOf(settings, env),
        tracesUrl: settings.traces,
        scenario: path,
        scenarioText,
        env: { ...(given.includesSystemEnv && definedIn(env)), ...given.env },
        variables: given.env,
        saleFlags: saleFlagsOf(flags, origins),
        overrides: overridesOf(flags, given.overrides),
        saleFile: flags.sale && resolve(context.cwd, flags.sale),
        targets,
        adminToken: settings.adminToken ?? stack?.adminToken,
        holdTtlMs: settings.holdTtl,
        targetHoldTtlMs: origins.holdTtl === 'default' ? stack?.holdTtlMs : settings.holdTtl,
        historyFile: flags.history,
        k6: flags.runner === 'k6' ? { env: { ...env } } : undefined,
        outputs: given.outputs,
        summaryExport: given.summaryExport,
        machineReadable: given.machineReadable,
        leavesSummaryOut: given.leavesSummaryOut,
        reportFile: flags.report,
        junitFile: flags.junit,
        markdownFile: flags.markdown,
        rounds: flags.rounds,
        faults: flags.faults,
        // A strategy that is broken on purpose has shown what it is for with the first violation.
        stopOn: flags.stopOn ?? (settings.unsafe ? 'violation' : 'never'),
        keep: flags.keep ?? false,
        version: context.version,
        command: context.commandLine,
      },
      shop,
      env: { ...env },
      result: {
        json: flags.json ?? false,
        quiet: flags.quiet ?? false,
        color: mayColor(stdout, flags, env),
        columns: columnsOf(stdout),
        isTerminal: stdout.isTTY === true,
        // GitHub sets both in every step of a workflow.
        ...(env.GITHUB_ACTIONS === 'true' && { annotatesIn: env.GITHUB_WORKSPACE ?? context.cwd }),
      },
    },
    { onEvent: showEvent, note: display.note },
  );
  stopOnSignals(thread);

  try {
    const result = await thread.result;
    display.close();
    if (result === undefined) {
      display.note('given up; everything that was started is stopped');
      if (flags.json) context.document(givenUpBecause(thread.endedAt));
      context.exit(ExitCode.interrupted);
      return;
    }
    if (flags.json) context.document(result.document);
    stdout.write(result.stdout);
    context.stderr.write(result.stderr);
    context.exit(result.exitCode);
  } catch (error) {
    display.close();
    // Node's hook for the end of the process says what happened.
    if (error instanceof ThreadLeft) process.exit();
    throw error;
  }
}

const givenUpBecause = (
  why = 'a second Ctrl-C, or a signal to end, came before the verdict',
): ErrorDocument => ({
  error: {
    what: 'the run was given up',
    why,
    next: 'run it again; everything that was started is stopped',
    exitCode: ExitCode.interrupted,
  },
});

/** The described shop that `--target FILE` names. */
function shopOf(
  { buyersFile }: RunFlags,
  settings: Settings,
  { cwd }: CliContext,
): RunOrder['shop'] {
  const path = targetFileOf(settings);
  if (path !== undefined) {
    return { path: resolve(cwd, path), isOwned: settings.iOwnThisServer, buyersFile };
  }
  if (buyersFile === undefined) return undefined;
  throw buyersFileIsForShops();
}

function assertRunnerTakes({ runner }: RunFlags, { workers }: Settings): void {
  if (runner !== 'k6' || workers === 1) return;
  throw UserError.usage('k6 has no workers', {
    why: `${workers} workers are asked for, which are threads of this tool’s own engine; k6 uses every core by itself`,
    next: 'leave --workers or --runner k6 out',
  });
}

/** The flags of the command line that make no difference to a script without a sale. */
function saleFlagsOf({ faults, stopOn }: RunFlags, origins: Record<string, string>): string[] {
  return [
    ...['target', 'strategy', 'instances'].flatMap((name) => origins[name] ?? []),
    ...(faults === undefined ? [] : ['--faults']),
    ...(stopOn === 'violation' ? ['--stop-on'] : []),
  ].filter((origin) => origin.startsWith('--'));
}

/** Settings that a prepared sale has, the same for all parts. */
const PREPARED = ['stock', 'buyers', 'seed', 'holdTtl', 'instances', 'strategy'] as const;

function assertPreparedAlone(
  { sale }: RunFlags,
  { settings, origins }: { settings: Settings; origins: Record<string, string> },
): void {
  if (sale !== undefined && targetFileOf(settings) !== undefined) {
    throw UserError.usage('a prepared sale has what its target file says', {
      why: `${origins.target} names a target file, and ${sale} was prepared with one or with servers of ours`,
      next: 'leave it out, or give the addresses by which this machine reaches the servers',
    });
  }
  const given = PREPARED.find((name) => origins[name]?.startsWith('--'));
  if (sale === undefined || given === undefined) return;
  throw UserError.usage(`${origins[given]} is decided when a sale is prepared`, {
    why: `${sale} says it, the same for all parts`,
    next: 'leave it out, or prepare the sale again with it',
  });
}

function overridesOf({ part }: RunFlags, overrides: OptionOverrides): OptionOverrides {
  if (part === undefined) return overrides;
  if (overrides.executionSegment !== undefined) {
    throw UserError.usage('--part and --execution-segment say the same', {
      why: 'a process fires one part of a load',
      next: 'leave one of them out (K6_EXECUTION_SEGMENT is the second one as well)',
    });
  }
  return { ...overrides, executionSegment: part };
}

/**
 * Ends the load at the first Ctrl-C or SIGTERM, which `docker stop` and CI send, and the verdict is still reached. A second
 * one, and a terminal that is closed, gives the run up but leaves nothing behind.
 */
function stopOnSignals(thread: RunThread): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => thread.stop());
  process.on('SIGHUP', () => thread.abort());
  // A comparison that was killed has no use for the run.
  process.once('disconnect', () => thread.abort());
  process.channel?.unref();
}
