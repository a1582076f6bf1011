import type { Command } from 'commander';
import { judge } from '../../src/checkers/verdict.ts';
import { readHistory } from '../../src/history/reader.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { describeVerdict } from '../../src/report/run-document.ts';
import { type CliContext, columnsOf, type GlobalFlags, mayColor } from '../context.ts';
import { renderVerdict } from '../render/verdict.ts';
import { verdictCode } from './run.ts';

/** `verify`: the verdict alone, from a history that was recorded before. */
export function addVerifyCommand(program: Command, context: CliContext): void {
  const command = program
    .command('verify')
    .description('judge a history that run --history recorded')
    .argument('<history>', 'the history file');

  command.action(async (path: string) => {
    const flags = command.optsWithGlobals<GlobalFlags>();
    const history = await readHistory(path);
    if (history.truncated) {
      context.stderr.write(
        `note: ${path} has no closing line, so whoever recorded it was stopped; its last calls may be missing\n`,
      );
    }
    const verdict = judge(history);
    const { sale } = history;
    if (flags.json) {
      context.stdout.write(`${JSON.stringify(describeVerdict(verdict, sale), null, 2)}\n`);
    } else {
      const color = mayColor(context.stdout, flags, context.env);
      const columns = columnsOf(context.stdout);
      context.stdout.write(`${renderVerdict(verdict, sale, { color, columns })}\n`);
    }
    context.exit(verdictCode(verdict) ?? ExitCode.valid);
  });
}
