import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addSettingFlags } from '../setting-flags.ts';
import { addExamples } from './examples.ts';

/** `report`: writes what a recorded history, or several of one sale, show as a page of HTML. */
export function addReportCommand(program: Command, context: CliContext): void {
  const command = program
    .command('report')
    .description('write what a recorded history shows, as one HTML file that can be mailed')
    .argument('<histories...>', 'a history that run --history recorded, or those of all parts')
    .option(
      '-o, --output <file>',
      'the file to write; absent: the first history’s name with .html',
    );
  command.option(
    '--sale <file>',
    'the prepared sale that all parts fired, by which the books of the shop of a target file are read',
  );
  addSettingFlags(command, ['target', 'adminToken']);
  addExamples(command, [
    'flashsale-cli report history.ndjson',
    'flashsale-cli report history.ndjson --output sale.html',
    'flashsale-cli report part-1.ndjson part-2.ndjson --target http://127.0.0.1:3000',
  ]);
  command.action(async (paths: string[]) => {
    const { reportHistories } = await import('../actions/report.ts');
    await reportHistories(paths, command, context);
  });
}
