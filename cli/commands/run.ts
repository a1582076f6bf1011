import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Verdict } from '../../src/checkers/verdict.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { concludeLoad } from '../../src/load/conclusion.ts';
import { STRATEGIES } from '../../src/protocol/strategies.ts';
import { describeRun } from '../../src/report/run-document.ts';
import { isSale, type LoadReport } from '../../src/run/events.ts';
import { Abandoned, type Run, startRun } from '../../src/run/run.ts';
import {
  addSettings,
  type CliContext,
  columnsOf,
  type GlobalFlags,
  mayColor,
  settingsOf,
} from '../context.ts';
import { openDisplay } from '../display.ts';
import { isDecidedByLoad, renderReport } from '../render/summary.ts';
import { findScenario } from '../scenario-files.ts';
import { SERVICE_SETTINGS, type Settings, servicesOf } from '../settings.ts';
import { stackBehind } from '../stack-behind.ts';

type RunFlags = GlobalFlags & {
  history?: string;
  runner: 'flashsale' | 'k6';
  out: string[];
  summaryExport?: string;
  env: Record<string, string>;
  vus?: number;
  iterations?: number;
  duration?: string;
  stage?: { duration: string; target: number }[];
  httpDebug?: string;
  keep?: boolean;
};

/** `run`: one sale, from nothing to its verdict. */
export function addRunCommand(program: Command, context: CliContext): void {
  const command = program
    .command('run')
    .description(
      'run a sale: bring up a stack, let the buyers in, and judge what happened; a k6 script that sells nothing is run as it is',
    )
    .argument('<scenario>', 'a k6 script, or the name of a bundled scenario (see scenarios list)')
    .option('--history <file>', 'keep the recorded history in this file')
    .addOption(
      new Option('--runner <name>', 'what lets the buyers in: this tool, or the k6 on PATH')
        .choices(['flashsale', 'k6'])
        .default('flashsale'),
    )
    .option(
      '-o, --out <output>',
      'send every sample to json=FILE, csv=FILE, prometheus=PORT or prometheus-rw=URL; repeatable',
      (output: string, before: string[]) => [...before, output],
      [],
    )
    .option('--summary-export <file>', 'write the end-of-test summary as k6 exports it')
    .option(
      '-e, --env <name=value>',
      'a variable in the scenario’s __ENV; repeatable',
      variable,
      {},
    )
    .option('-u, --vus <n>', 'VUs, over what the scenario says', wholeNumber)
    .option(
      '-i, --iterations <n>',
      'iterations of all VUs, instead of what the scenario says',
      wholeNumber,
    )
    .option('-d, --duration <time>', 'how long, instead of what the scenario says: 30s, 5m')
    .option(
      '-s, --stage <time:vus>',
      'a stage, instead of what the scenario says; repeatable, or several with commas between',
      stages,
    )
    .addOption(
      new Option('--http-debug [what]', 'tell of every request and answer, or also of their bodies')
        .choices(['headers', 'full'])
        .preset('headers'),
    )
    .option('--keep', 'leave the data and the logs of the stack where they are');
  addSettings(command, [
    'strategy',
    'unsafe',
    'instances',
    'workers',
    'stock',
    'buyers',
    'seed',
    'holdTtl',
    'target',
    'adminToken',
    'databaseUrl',
    'prometheusUrl',
    'sqlUrl',
    ...SERVICE_SETTINGS,
    'port',
  ]);

  command.action(async (scenario: string) => {
    const flags = command.optsWithGlobals<RunFlags>();
    const { settings, origins } = await settingsOf(command, context);
    assertSafe(settings);
    assertRunnerTakes(flags, settings);
    const stack = await stackBehind(settings.target, context.cwd);
    const path = await findScenario(scenario, context.cwd);

    const display = await openDisplay({ scenario, settings, flags, context });
    const run = startRun(
      {
        ...settings,
        ...servicesOf(settings),
        scenario: path,
        env: { ...definedIn(context.env), ...flags.env },
        overrides: {
          ...{ vus: flags.vus, iterations: flags.iterations, duration: flags.duration },
          stages: flags.stage,
          httpDebug: flags.httpDebug,
        },
        targets: settings.target,
        adminToken: settings.adminToken ?? stack?.adminToken,
        holdTtlMs: settings.holdTtl,
        targetHoldTtlMs: origins.holdTtl === 'default' ? stack?.holdTtlMs : settings.holdTtl,
        historyFile: flags.history,
        k6: flags.runner === 'k6' ? { env: context.env } : undefined,
        outputs: flags.out,
        summaryExport: flags.summaryExport,
        keep: flags.keep ?? false,
        version: context.version,
        command: context.commandLine,
      },
      { clock: systemClock, onEvent: display.show },
    );
    const interrupted = stopOnSignals(run, display.note);

    try {
      const report = await run.report;
      display.close();
      printReport(report, flags, context);
      context.exit(exitCodeOf(report, interrupted()));
    } catch (error) {
      display.close();
      if (!(error instanceof Abandoned)) throw error;
      display.note('given up; everything that was started is stopped');
      context.exit(ExitCode.interrupted);
    }
  });
}

function printReport(report: LoadReport, flags: GlobalFlags, context: CliContext): void {
  const { stdout, stderr, env } = context;
  const { summaryOutput } = report.load;
  if (flags.json) {
    stdout.write(`${JSON.stringify(describeRun(report), null, 2)}\n`);
    return;
  }
  // What the script's own handleSummary has to say stands before ours, as in k6 it stands instead of it.
  stdout.write(summaryOutput?.stdout?.replace(/[^\n]$/, '$&\n') ?? '');
  stderr.write(summaryOutput?.stderr ?? '');
  if (flags.quiet) stdout.write(`${sentencesOf(report).join('\n')}\n`);
  else {
    const options = { color: mayColor(stdout, flags, env), columns: columnsOf(stdout) };
    // On a terminal the progress stands right above.
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

function variable(text: string, before: Record<string, string>): Record<string, string> {
  const [name, value] = splitAt(text, '=');
  if (name === '' || value === undefined) throw new InvalidArgumentError('Write NAME=VALUE.');
  return { ...before, [name]: value };
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It is a whole number from 1.');
  return Number(text);
}

function stages(
  text: string,
  before: NonNullable<RunFlags['stage']> = [],
): NonNullable<RunFlags['stage']> {
  const given = text.split(',').map((stage) => {
    const [duration, target] = splitAt(stage, ':');
    if (target === undefined || !/^\d{1,9}$/.test(target)) {
      throw new InvalidArgumentError('Write TIME:VUS, as 30s:100.');
    }
    return { duration, target: Number(target) };
  });
  return [...before, ...given];
}

function splitAt(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The server would refuse as well, but only after a database was started for it. */
export function assertSafe({ strategy, unsafe, target }: Settings): void {
  if (!STRATEGIES[strategy].isUnsafe || unsafe || target !== undefined) return;
  throw UserError.usage(`strategy ${strategy} is refused`, {
    why: 'it oversells on purpose, to show that the verdict catches it',
    next: 'add --unsafe to see it fail, or choose another --strategy',
  });
}

function assertRunnerTakes({ runner }: RunFlags, { workers }: Settings): void {
  if (runner !== 'k6' || workers === 1) return;
  throw UserError.usage('k6 has no workers', {
    why: `${workers} workers are asked for, which are threads of this tool’s own engine; k6 uses every core by itself`,
    next: 'leave --workers or --runner k6 out',
  });
}

/** First Ctrl-C: end the load and judge. Second, or any other signal: give up, but leave nothing behind. */
function stopOnSignals(run: Run, note: (line: string) => void): () => boolean {
  let interrupts = 0;
  process.on('SIGINT', () => {
    interrupts += 1;
    if (interrupts === 1) {
      note('stopping: buyers in the shop may finish, then the verdict; Ctrl-C again gives up');
      run.stop();
    } else run.abort();
  });
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => run.abort());
  return () => interrupts > 0;
}

/** What CI gates on. A broken invariant outweighs everything; numbers of a run that proves nothing are not judged. */
function exitCodeOf(report: LoadReport, interrupted: boolean): ExitCode {
  const verdict = isSale(report) ? report.verdict : undefined;
  if (verdict?.status === 'invalid') return ExitCode.invariantBroken;
  if (interrupted) return ExitCode.interrupted;
  const objection = verdict && verdictCode(verdict);
  return objection ?? LOAD_CODES[concludeLoad(report.load).status];
}

/** The exit code a verdict alone asks for; nothing when it has no objection. */
export function verdictCode({ status }: Verdict): ExitCode | undefined {
  if (status === 'invalid') return ExitCode.invariantBroken;
  return status === 'valid' ? undefined : ExitCode.inconclusive;
}

const LOAD_CODES = {
  passed: ExitCode.valid,
  failed: ExitCode.thresholdMissed,
  inconclusive: ExitCode.inconclusive,
};
