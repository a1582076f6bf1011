import { resolve } from 'node:path';
import type { Command } from 'commander';
import { optionsOfEnvironment } from '../../src/k6/options/environment.ts';
import { type OptionOverrides, overrideOptions } from '../../src/k6/options/overrides.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { concludeLoad } from '../../src/load/conclusion.ts';
import type { RunOptions } from '../../src/run/context.ts';
import { Abandoned, type Run, startRun } from '../../src/run/run.ts';
import { isSale, type LoadReport } from '../../src/run/run-report.ts';
import { type CliContext, columnsOf, type GlobalFlags, mayColor } from '../context.ts';
import { openDisplay } from '../display.ts';
import { exitCodeOf } from '../exit-code.ts';
import type { ErrorDocument } from '../render/error.ts';
import { isDecidedByLoad, renderReport } from '../render/summary.ts';
import { stackOfTargets } from '../running-server.ts';
import { findScenario } from '../scenario-files.ts';
import { assertSafe, type Settings, servicesOf, settingsOf, targetFileOf } from '../settings.ts';

export type RunFlags = GlobalFlags & {
  history?: string;
  buyersFile?: string;
  runner: 'flashsale' | 'k6';
  out: string[];
  summaryExport?: string;
  report?: string;
  env: Record<string, string>;
  vus?: number;
  iterations?: number;
  duration?: string;
  stage?: { duration: string; target: number }[];
  httpDebug?: string;
  tag?: Record<string, string>;
  rps?: number;
  summaryTrendStats?: string[];
  setup: boolean;
  teardown: boolean;
  rounds?: number;
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
  const shop = await shopOf(flags, settings, context);
  const targets = shop === undefined ? settings.target : undefined;
  const stack = await stackOfTargets(targets, context.cwd);
  const path = await findScenario(scenario, context.cwd);
  const overrides = overridesOf(flags, context);

  const display = await openDisplay({ scenario, settings, flags, context });
  const run = startRun(
    {
      ...settings,
      ...servicesOf(settings),
      scenario: path,
      env: { ...definedIn(context.env), ...flags.env },
      overrides,
      ...{ targets, shop },
      adminToken: settings.adminToken ?? stack?.adminToken,
      holdTtlMs: settings.holdTtl,
      targetHoldTtlMs: origins.holdTtl === 'default' ? stack?.holdTtlMs : settings.holdTtl,
      historyFile: flags.history,
      k6: flags.runner === 'k6' ? { env: context.env } : undefined,
      outputs: flags.out,
      summaryExport: flags.summaryExport,
      reportFile: flags.report,
      rounds: flags.rounds,
      keep: flags.keep ?? false,
      version: context.version,
      command: context.commandLine,
    },
    { clock: systemClock, onEvent: display.show },
  );
  const interrupted = stopOnSignals(run, display.note);

  try {
    const report = await run.report;
    if (flags.report !== undefined) {
      const { writeRunPage } = await import('./report.ts');
      report.outputProblems.push(
        ...(await writeRunPage(resolve(context.cwd, flags.report), report)),
      );
    }
    display.close();
    await printReport(report, flags, context);
    context.exit(exitCodeOf(report, interrupted()));
  } catch (error) {
    display.close();
    if (!(error instanceof Abandoned)) throw error;
    display.note('given up; everything that was started is stopped');
    if (flags.json) context.document(givenUp);
    context.exit(ExitCode.interrupted);
  }
}

const givenUp: ErrorDocument = {
  error: {
    what: 'the run was given up',
    why: 'a second Ctrl-C, or a signal to end, came before the verdict',
    next: 'run it again; everything that was started is stopped',
    exitCode: ExitCode.interrupted,
  },
};

/** Options given beside the script: k6's variables stand over those of the script, and flags over both. */
function overridesOf(flags: RunFlags, { env, stderr }: CliContext): OptionOverrides {
  const { overrides, unheeded } = optionsOfEnvironment(env);
  if (unheeded.length > 0) {
    stderr.write(`note: ${unheeded.join(', ')} mean nothing here; see docs/k6.md\n`);
  }
  const { vus, iterations, duration, httpDebug, tag, rps, summaryTrendStats } = flags;
  return overrideOptions(overrides, {
    ...{ vus, iterations, duration, httpDebug, rps, summaryTrendStats },
    stages: flags.stage,
    tags: tag,
    // The names of these flags begin with "no-", which Commander takes for false.
    ...(flags.setup === false && { noSetup: true }),
    ...(flags.teardown === false && { noTeardown: true }),
  }) as OptionOverrides;
}

/** The described shop that `--target FILE` names. */
async function shopOf(
  { buyersFile }: RunFlags,
  settings: Settings,
  { cwd, env }: CliContext,
): Promise<RunOptions['shop']> {
  const path = targetFileOf(settings);
  if (path !== undefined) {
    const { readTargetFile } = await import('../../src/target/file/read-target-file.ts');
    const file = await readTargetFile(resolve(cwd, path), env);
    return { file, isOwned: settings.iOwnThisServer, buyersFile };
  }
  if (buyersFile === undefined) return undefined;
  throw UserError.usage('--buyers-file is for the shop of a target file', {
    why: 'the buyers of a server of ours are made within a second',
    next: 'leave it out, or add --target FILE',
  });
}

async function printReport(
  report: LoadReport,
  flags: GlobalFlags,
  context: CliContext,
): Promise<void> {
  const { stdout, stderr, env } = context;
  const { summaryOutput } = report.load;
  if (flags.json) {
    const { describeRun } = await import('../../src/report/run-document.ts');
    context.document(describeRun(report));
    return;
  }
  // The script's own handleSummary comes before our report; in k6 it replaces the report.
  stdout.write(summaryOutput?.stdout?.replace(/[^\n]$/, '$&\n') ?? '');
  stderr.write(summaryOutput?.stderr ?? '');
  if (flags.quiet) stdout.write(`${sentencesOf(report).join('\n')}\n`);
  else {
    const options = { color: mayColor(stdout, flags, env), columns: columnsOf(stdout) };
    // On a terminal the progress is right above.
    stdout.write(`${stdout.isTTY ? '\n' : ''}${renderReport(report, options)}\n`);
  }
}

const sentencesOf = (report: LoadReport): string[] => [
  ...(isSale(report) ? [report.verdict.sentence] : []),
  ...(isDecidedByLoad(report) ? [concludeLoad(report.load).sentence] : []),
];

const definedIn = (env: CliContext['env']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

function assertRunnerTakes({ runner }: RunFlags, { workers }: Settings): void {
  if (runner !== 'k6' || workers === 1) return;
  throw UserError.usage('k6 has no workers', {
    why: `${workers} workers are asked for, which are threads of this tool’s own engine; k6 uses every core by itself`,
    next: 'leave --workers or --runner k6 out',
  });
}

/**
 * Ends the load at the first Ctrl-C or SIGTERM, which `docker stop` and CI send, and the verdict is still reached. A second
 * one, and a terminal that is closed, gives the run up but leaves nothing behind. Returns whether there was a signal.
 */
function stopOnSignals(run: Run, note: (line: string) => void): () => boolean {
  let interrupts = 0;
  const stop = (): void => {
    interrupts += 1;
    if (interrupts > 1) run.abort();
    else if (run.stop()) {
      note('stopping: running iterations may finish, then the verdict; Ctrl-C again gives up');
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  process.on('SIGHUP', () => run.abort());
  return () => interrupts > 0;
}
