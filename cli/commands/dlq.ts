import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addSettingFlags } from '../setting-flags.ts';
import { addExamples } from './examples.ts';

/** `dlq list` and `dlq replay`: shows the events that a consumer group could not handle, and has them delivered again. */
export function addDlqCommands(program: Command, context: CliContext): void {
  const dlq = program
    .command('dlq')
    .description('list the events that could not be handled, and deliver them again');
  addExamples(dlq, ['flashsale-cli dlq list', 'flashsale-cli dlq replay --all']);

  const list = dlq.command('list').description('list the dead letters, the oldest first');
  list.option('--group <name>', 'of this consumer group only');
  addSettingFlags(list, ['target', 'adminToken']);
  addExamples(list, ['flashsale-cli dlq list', 'flashsale-cli dlq list --group fraud --json']);
  list.action(async () => {
    const { listDeadLetters } = await import('../actions/dlq.ts');
    await listDeadLetters(list, context);
  });

  const replay = dlq
    .command('replay')
    .description('deliver dead letters to their consumer groups again')
    .argument('[events...]', 'ids of events, as `dlq list` shows them')
    .option('--all', 'all of them')
    .option('--group <name>', 'to this consumer group only');
  addSettingFlags(replay, ['target', 'adminToken']);
  addExamples(replay, [
    'flashsale-cli dlq replay --all',
    'flashsale-cli dlq replay --group fraud --all',
  ]);
  replay.action(async (ids: string[]) => {
    const { replayDeadLetters } = await import('../actions/dlq.ts');
    await replayDeadLetters(ids, replay, context);
  });
}
