#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { wordsForCommander } from '../src/k6/flags/words.ts';
import { assetPath } from '../src/kernel/assets.ts';
import { UserError } from '../src/kernel/errors.ts';
import { ExitCode } from '../src/kernel/exit-codes.ts';
import { showCommandLine } from './command-line.ts';
import { addAnalyticsCommands } from './commands/analytics.ts';
import { addCompareCommand } from './commands/compare.ts';
import { addCompletionCommands } from './commands/completion.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDlqCommands } from './commands/dlq.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addExamples } from './commands/examples.ts';
import { addInitCommands } from './commands/init.ts';
import { addMailboxCommand } from './commands/mailbox.ts';
import { addPrepareCommand } from './commands/prepare.ts';
import { addProxyCommand } from './commands/proxy.ts';
import { addReportCommand } from './commands/report.ts';
import { addRunCommand } from './commands/run.ts';
import { addScenariosCommand } from './commands/scenarios.ts';
import { addSeedCommand } from './commands/seed.ts';
import { addSimulateCommand } from './commands/simulate.ts';
import { addTargetCommands } from './commands/target.ts';
import { addUpCommands } from './commands/up.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { type CliContext, type GlobalFlags, mayColor } from './context.ts';
import type { ErrorDocument } from './render/error.ts';

const { version } = JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as {
  version: string;
};
const typed = process.argv.slice(2);

// React reads it when a screen loads React: without it, React runs its development checks.
process.env.NODE_ENV ??= 'production';

let hasDocument = false;
const context: CliContext = {
  env: process.env,
  cwd: process.cwd(),
  version,
  stdout: process.stdout,
  stderr: process.stderr,
  commandLine: showCommandLine(typed),
  typed,
  program: [process.execPath, ...process.execArgv, process.argv[1] as string],
  document: (document) => {
    hasDocument = true;
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  },
  exit: (code) => {
    process.exitCode = code;
  },
};

// A reader that closes the pipe early (`| head`) is no error, and neither is a terminal that was closed.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

const program = new Command('flashsale-cli')
  .description('find out whether a flash sale oversells, before its customers do')
  .version(version)
  .option('--json', 'print one JSON document on stdout instead of text')
  .option('-q, --quiet', 'print the result only')
  .option('-v, --verbose', 'print stack traces of bugs')
  .option('--no-color', 'no colors (NO_COLOR does the same)')
  .addOption(
    new Option('--ui <mode>', 'how progress is shown')
      .choices(['auto', 'tui', 'plain', 'none'])
      .default('auto'),
  )
  .configureHelp({ showGlobalOptions: true })
  .showSuggestionAfterError()
  .exitOverride()
  // Commander prints no errors itself, so that all errors have one form.
  .configureOutput({ outputError: () => {} });

for (const add of [
  addRunCommand,
  addCompareCommand,
  addPrepareCommand,
  addVerifyCommand,
  addReportCommand,
  addSimulateCommand,
  addInitCommands,
  addTargetCommands,
  addSeedCommand,
  addUpCommands,
  addDlqCommands,
  addMailboxCommand,
  addAnalyticsCommands,
  addProxyCommand,
  addDoctorCommand,
  addScenariosCommand,
  addConfigCommand,
  addCompletionCommands,
]) {
  add(program, context);
}
addExamples(program, [
  'flashsale-cli run rush                              a sale from start to verdict, on a stack of its own',
  'flashsale-cli run rush --strategy naive --unsafe    the same on a server that oversells',
]);

// A command that has not ended by itself has no result: an exit code of 0 would lie.
let isDone = false;
process.on('exit', () => {
  if (isDone) return;
  process.exitCode = ExitCode.internalError;
  const what = 'the process ended before the command had a result';
  const why = 'a script may have called `exit` of Node’s process';
  process.stderr.write(`flashsale-cli: ${what}: ${why}\n`);
  documentError({ error: { what, why, next: 'look into the script', exitCode: 1 } });
});

try {
  await program.parseAsync(wordsForCommander(typed), { from: 'user' });
} catch (error) {
  process.exitCode = await (error instanceof CommanderError ? endOfCommander(error) : fail(error));
}

isDone = true;

/** Returns the exit code after Commander threw, which it does even after it has shown the help or the version. */
async function endOfCommander({ code, exitCode, message }: CommanderError): Promise<ExitCode> {
  if (exitCode === 0) return ExitCode.valid;
  if (code === 'commander.help') {
    // The help itself, which names the commands, was printed as it is without --json.
    const { describeError } = await import('./render/error.ts');
    documentError(describeError(missingCommand()));
    return ExitCode.usage;
  }
  return fail(
    UserError.usage('the command line is not understood', {
      why: message.replace(/^error: /, ''),
      next: `flashsale-cli ${helpFor(typed)}--help`,
    }),
  );
}

function missingCommand(): UserError {
  return UserError.usage('the command line is not understood', {
    why: 'a command is missing',
    next: `flashsale-cli ${helpFor(typed)}--help`,
  });
}

/** Prints an error and returns its exit code. */
async function fail(error: unknown): Promise<ExitCode> {
  const { describeError, renderError } = await import('./render/error.ts');
  const { verbose } = program.opts<GlobalFlags>();
  const color = mayColor(process.stderr, program.opts(), process.env);
  const { line, exitCode } = renderError(error, { color, verbose: verbose ?? false });
  process.stderr.write(`${line}\n`);
  documentError(describeError(error));
  return exitCode;
}

/** A program that asked for a document gets one, whatever happens, and never two. */
function documentError(document: ErrorDocument): void {
  const isAsked = program.opts<GlobalFlags>().json ?? typed.includes('--json');
  if (isAsked && !hasDocument) context.document(document);
}

/** The typed command with what it is below, and a space, for the hint at its help; empty when there is no such command. */
function helpFor(words: string[]): string {
  let at: Command | undefined = program;
  let path = '';
  for (const word of words) {
    at = at.commands.find((known) => known.name() === word);
    if (at === undefined) break;
    path += `${word} `;
  }
  return path;
}
