import { type Command, Option } from 'commander';
import type { CliContext, GlobalFlags } from '../context.ts';
import { addSettingFlags } from '../setting-flags.ts';
import { addExamples } from './examples.ts';

/** `verify`: judges a history that was recorded before, or several of one sale. */
export function addVerifyCommand(program: Command, context: CliContext): void {
  const command = program
    .command('verify')
    .description(
      'judge a history that run --history recorded, or several of one sale that was fired in parts',
    )
    .argument(
      '<histories...>',
      'the history file, or those of all parts; with --export, a last one is the file to write (absent: standard output)',
    )
    .addOption(
      new Option(
        '--export <format>',
        'write the operations for another checker instead of judging them',
      ).choices(['porcupine', 'jepsen']),
    );
  command.option(
    '--sale <file>',
    'the prepared sale that all parts fired, by which the books of the shop of a target file are read',
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
    'flashsale-cli verify part-1.ndjson part-2.ndjson --target http://127.0.0.1:3000',
    'flashsale-cli verify part-1.ndjson part-2.ndjson --target shop.yaml --sale sale.json',
    'flashsale-cli verify history.ndjson --export porcupine calls.ndjson',
  ]);
  command.action(async (paths: string[]) => {
    const { export: format } = command.opts<{ export?: 'porcupine' | 'jepsen' }>();
    if (format === undefined) {
      const { verifyHistories } = await import('../actions/verify.ts');
      return verifyHistories(paths, command, context);
    }
    const file = paths.length > 1 ? paths.at(-1) : undefined;
    const { json } = command.optsWithGlobals<GlobalFlags>();
    // Lines of operations are no JSON document, so they go to a file when a document is asked for.
    if (file === undefined && json) {
      command.error('error: with --json, name the file that --export writes');
    }
    const { exportHistories } = await import('../actions/export-history.ts');
    await exportHistories(file === undefined ? paths : paths.slice(0, -1), format, file, context);
    if (file !== undefined && json) context.document({ format, path: file });
  });
}
