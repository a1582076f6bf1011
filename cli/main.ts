#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { assetPath } from '../src/kernel/assets.ts';
import { UserError } from '../src/kernel/errors.ts';
import { ExitCode } from '../src/kernel/exit-codes.ts';
import { addConfigCommand } from './commands/config.ts';
import { addDlqCommands } from './commands/dlq.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addRunCommand } from './commands/run.ts';
import { addScenariosCommand } from './commands/scenarios.ts';
import { addSeedCommand } from './commands/seed.ts';
import { addUpCommands } from './commands/up.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { type CliContext, type GlobalFlags, mayColor } from './context.ts';
import { renderError } from './render/error.ts';

const { version } = JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as {
  version: string;
};
const typed = process.argv.slice(2);

// React decides by it, when a screen loads it, whether to carry its development checks along.
process.env.NODE_ENV ??= 'production';

const context: CliContext = {
  env: process.env,
  cwd: process.cwd(),
  version,
  stdout: process.stdout,
  stderr: process.stderr,
  commandLine: ['flashsale-cli', ...typed].join(' '),
  argv: [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
  exit: (code) => {
    process.exitCode = code;
  },
};

// A reader that has seen enough (`| head`) is no error, nor is a terminal that was closed.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

const program = new Command('flashsale-cli')
  .description('find out whether a flash sale oversells, before its customers do')
  .version(version)
  .option('--json', 'print one JSON document on stdout instead of text')
  .option('--quiet', 'print the result only')
  .option('--verbose', 'print stack traces of bugs')
  .option('--no-color', 'no colors (NO_COLOR does the same)')
  .addOption(
    new Option('--ui <mode>', 'how progress is shown')
      .choices(['auto', 'tui', 'plain', 'none'])
      .default('auto'),
  )
  .configureHelp({ showGlobalOptions: true })
  .showSuggestionAfterError()
  .exitOverride()
  // Commander's own complaints are told in the same form as ours.
  .configureOutput({ outputError: () => {} });

for (const add of [
  addRunCommand,
  addVerifyCommand,
  addSeedCommand,
  addUpCommands,
  addDlqCommands,
  addDoctorCommand,
  addScenariosCommand,
  addConfigCommand,
]) {
  add(program, context);
}

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = error instanceof CommanderError ? endOfCommander(error) : fail(error);
}

/** Commander stops by throwing, also when it has just shown the help or the version. */
function endOfCommander({ code, exitCode, message }: CommanderError): ExitCode {
  if (exitCode === 0) return ExitCode.valid;
  if (code === 'commander.help') return ExitCode.usage;
  return fail(
    UserError.usage('the command line is not understood', {
      why: message.replace(/^error: /, ''),
      next: `flashsale-cli ${helpFor(typed)}--help`,
    }),
  );
}

function fail(error: unknown): ExitCode {
  const { verbose } = program.opts<GlobalFlags>();
  const color = mayColor(process.stderr, program.opts(), process.env);
  const { line, exitCode } = renderError(error, { color, verbose: verbose ?? false });
  process.stderr.write(`${line}\n`);
  return exitCode;
}

/** The command whose help answers a usage error. */
function helpFor([command]: string[]): string {
  return program.commands.some((known) => known.name() === command) ? `${command} ` : '';
}
