import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import { isStillRunning } from '../../src/stack/processes/birth.ts';
import {
  readHolder,
  readStackLog,
  readStackState,
  removeStackState,
  type StackHolder,
} from '../../src/stack/state-file.ts';
import type { CliContext, GlobalFlags } from '../context.ts';

/** Enough time for draining, for PostgreSQL's shutdown and for removing the data. */
const DOWN_TIMEOUT_MS = 30_000;

/** Stops the stack that `up` started in this folder, and waits until it is gone. */
export async function stopStack(command: Command, context: CliContext): Promise<void> {
  const { json } = command.optsWithGlobals<GlobalFlags>();
  const holder = await readHolder(context.cwd);
  if (holder === undefined) {
    const lastWords = await readStackLog(context.cwd);
    await removeStackState(context.cwd);
    context.stderr.write(
      lastWords === undefined
        ? 'nothing runs here\n'
        : `nothing runs here any more; the stack that did said:\n${lastWords}\n`,
    );
    if (json) context.document({ stopped: [] });
    return;
  }
  const { targets = [], folder } = (await readStackState(context.cwd)) ?? {};
  askToStop(holder);
  const deadline = Date.now() + DOWN_TIMEOUT_MS;
  while (isStillRunning(holder)) {
    if (Date.now() > deadline) {
      throw UserError.environment('the stack did not stop', {
        why: `process ${holder.pid} is still there after ${DOWN_TIMEOUT_MS / 1000} s`,
        next: `look into ${folder ?? 'what it waits for'}, then kill -9 ${holder.pid}; what it started ends with it`,
      });
    }
    await delay(50);
  }
  await removeStackState(context.cwd);
  const stopped = targets.length > 0 ? targets.join(', ') : 'a stack that was starting';
  context.stderr.write(`stopped ${stopped} and all that was started for it\n`);
  if (json) context.document({ stopped: targets });
}

function askToStop({ pid }: StackHolder): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    throw UserError.environment(`process ${pid} cannot be stopped`, {
      why: rootMessage(cause),
      next: 'run flashsale-cli down as the user who ran up',
      cause,
    });
  }
}
