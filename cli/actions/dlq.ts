import type { Command } from 'commander';
import { UserError } from '../../src/kernel/errors.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { alignRows } from '../render/table.ts';
import { adminOfServer } from '../running-server.ts';

const HEADINGS = ['event', 'group', 'type', 'key', 'attempts', 'failed', 'error'];

/** Prints the dead letters of a running server, the oldest first. */
export async function listDeadLetters(command: Command, context: CliContext): Promise<void> {
  const flags = command.optsWithGlobals<GlobalFlags & { group?: string }>();
  const { admin } = await adminOfServer(command, context);
  const letters = await admin.listDeadLetters(flags.group);
  if (flags.json) {
    context.document(letters);
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
}

/** Has a running server deliver dead letters again: those named, or all of them. */
export async function replayDeadLetters(
  ids: string[],
  command: Command,
  context: CliContext,
): Promise<void> {
  const flags = command.optsWithGlobals<GlobalFlags & { all?: true; group?: string }>();
  if (ids.length > 0 === (flags.all === true)) {
    throw UserError.usage('it is not said which dead letters to replay', {
      why: ids.length > 0 ? 'both ids and --all were given' : 'neither ids nor --all were given',
      next: 'give the ids that flashsale-cli dlq list shows, or --all',
    });
  }
  const { group } = flags;
  const { admin } = await adminOfServer(command, context);
  const toBeReplayed = await admin.replayDeadLetters(
    ids.length > 0 ? { ids, group } : { all: true, group },
  );
  if (flags.json) context.document({ toBeReplayed });
  else context.stderr.write(`${toBeReplayed} to be replayed\n`);
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
