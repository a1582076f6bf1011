import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addExamples } from './examples.ts';

/** `report`: writes what a recorded history shows as a page of HTML. */
export function addReportCommand(program: Command, context: CliContext): void {
  const command = program
    .command('report')
    .description('write what a recorded history shows, as one HTML file that can be mailed')
    .argument('<history>', 'a history that run --history recorded')
    .option('-o, --output <file>', 'the file to write; absent: the history’s name with .html');
  addExamples(command, [
    'flashsale-cli report history.ndjson',
    'flashsale-cli report history.ndjson --output sale.html',
  ]);
  command.action(async (path: string) => {
    const { reportHistory } = await import('../actions/report.ts');
    await reportHistory(path, command, context);
  });
}
