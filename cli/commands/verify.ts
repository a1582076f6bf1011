import { type Command, Option } from 'commander';
import type { CliContext, GlobalFlags } from '../context.ts';
import { addSettingFlags } from '../setting-flags.ts';
import { addExamples } from './examples.ts';

/** `verify`: judges a history that was recorded before. */
export function addVerifyCommand(program: Command, context: CliContext): void {
  const command = program
    .command('verify')
    .description('judge a history that run --history recorded')
    .argument('<history>', 'the history file')
    .argument('[file]', 'with --export: the file to write; absent: standard output')
    .addOption(
      new Option(
        '--export <format>',
        'write the operations for another checker instead of judging them',
      ).choices(['porcupine', 'jepsen']),
    );
  addSettingFlags(command, ['target', 'adminToken']);
  command.option(
    '--prometheus <url>',
    'compare the counters that this Prometheus has of the target with the calls',
  );
  command
    .option('--junit <file>', 'write each check as a test of JUnit XML')
    .option('--markdown <file>', 'write the verdict as Markdown, as for the summary of a CI job');
  addExamples(command, [
    'flashsale-cli verify history.ndjson',
    'flashsale-cli verify history.ndjson --export porcupine calls.ndjson',
  ]);
  command.action(async (path: string, file: string | undefined) => {
    const { export: format } = command.opts<{ export?: 'porcupine' | 'jepsen' }>();
    if (format !== undefined) {
      // Lines of operations are no JSON document, so they go to a file when a document is asked for.
      if (file === undefined && command.optsWithGlobals<GlobalFlags>().json) {
        command.error('error: with --json, name the file that --export writes');
      }
      const { exportHistory } = await import('../actions/export-history.ts');
      await exportHistory(path, format, file, context);
      if (file !== undefined && command.optsWithGlobals<GlobalFlags>().json) {
        context.document({ format, path: file });
      }
      return;
    }
    if (file !== undefined) command.error(`error: ${file} is of no use without --export`);
    const { verifyHistory } = await import('../actions/verify.ts');
    await verifyHistory(path, command, context);
  });
}
