import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addSettingFlags } from '../setting-flags.ts';
import { addExamples } from './examples.ts';
import { positiveNumber } from './positive-number.ts';

/** `mailbox`: shows what a user of a running server was told. */
export function addMailboxCommand(program: Command, context: CliContext): void {
  const command = program
    .command('mailbox')
    .description(
      'show what a running server told one of its users, the oldest first, and to which addresses it sends that as well',
    )
    .option('--buyer <who>', 'a buyer of the sale file: its number from 1, or its id')
    .option('--sale <file>', 'the sale file that seed wrote, with the tokens', 'sale.json')
    .option('--after <cursor>', 'only what came after this: the cursor of an earlier answer')
    .option('--limit <n>', 'the most notifications to show', positiveNumber, 100);
  addSettingFlags(command, ['target', 'userToken']);
  addExamples(command, [
    'flashsale-cli mailbox --buyer 1',
    'flashsale-cli mailbox --buyer 1 --after 42 --json',
  ]);
  command.action(async () => {
    const { showMailbox } = await import('../actions/mailbox.ts');
    await showMailbox(command, context);
  });
}
