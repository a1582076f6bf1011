import type { Command } from 'commander';
import { UserError } from '../../src/kernel/errors.ts';
import { type AdminApi, createAdminApi } from '../../src/run/sale/admin-api.ts';
import { readStackState } from '../../src/stack/state-file.ts';
import { addSettings, type CliContext, type GlobalFlags, settingsOf } from '../context.ts';
import { alignRows } from '../render/table.ts';
import { stackBehind } from '../stack-behind.ts';

const HEADINGS = ['event', 'group', 'type', 'key', 'attempts', 'failed', 'error'];

/** `dlq list` and `dlq replay`: events that a consumer group could not handle, and their way back. */
export function addDlqCommands(program: Command, context: CliContext): void {
  const dlq = program
    .command('dlq')
    .description('look at the events that could not be handled, and hand them out again');

  const list = dlq.command('list').description('list the dead letters, the oldest first');
  list.option('--group <name>', 'of this consumer group only');
  addSettings(list, ['target', 'adminToken']);
  list.action(async () => {
    const flags = list.optsWithGlobals<GlobalFlags & { group?: string }>();
    const letters = await (await adminOf(list, context)).listDeadLetters(flags.group);
    if (flags.json) {
      context.stdout.write(`${JSON.stringify(letters, null, 2)}\n`);
      return;
    }
    if (letters.length === 0) {
      context.stderr.write('there are no dead letters\n');
      return;
    }
    const rows = letters.map((letter) => [
      letter.eventId,
      letter.group,
      letter.type,
      letter.key,
      String(letter.attempts),
      letter.lastFailedAt,
      letter.isToBeReplayed ? 'to be replayed' : firstLine(letter.error),
    ]);
    context.stdout.write(`${alignRows([HEADINGS, ...rows], [4]).join('\n')}\n`);
  });

  const replay = dlq
    .command('replay')
    .description('hand dead letters to their consumer groups again')
    .argument('[events...]', 'ids of events, as `dlq list` shows them')
    .option('--all', 'all of them')
    .option('--group <name>', 'to this consumer group only');
  addSettings(replay, ['target', 'adminToken']);
  replay.action(async (ids: string[]) => {
    const flags = replay.optsWithGlobals<GlobalFlags & { all?: true; group?: string }>();
    if (ids.length > 0 === (flags.all === true)) {
      throw UserError.usage('it is not said which dead letters to replay', {
        why: ids.length > 0 ? 'both ids and --all were given' : 'neither ids nor --all were given',
        next: 'give the ids that flashsale-cli dlq list shows, or --all',
      });
    }
    const { group } = flags;
    const admin = await adminOf(replay, context);
    const toBeReplayed = await admin.replayDeadLetters(
      ids.length > 0 ? { ids, group } : { all: true, group },
    );
    if (flags.json) context.stdout.write(`${JSON.stringify({ toBeReplayed }, null, 2)}\n`);
    else context.stderr.write(`${toBeReplayed} to be replayed\n`);
  });
}

async function adminOf(command: Command, context: CliContext): Promise<AdminApi> {
  const { settings } = await settingsOf(command, context);
  const targets = settings.target ?? (await readStackState(context.cwd))?.targets;
  const token = settings.adminToken ?? (await stackBehind(targets, context.cwd))?.adminToken;
  if (targets !== undefined && token !== undefined) return createAdminApi({ targets, token });
  throw UserError.usage('there is no server to ask', {
    why:
      targets === undefined ? 'no target was given, and no stack runs here' : 'no token was given',
    next: 'start one with flashsale-cli up, or add --target URL --admin-token TOKEN',
  });
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
