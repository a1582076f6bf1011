import { setTimeout as delay } from 'node:timers/promises';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import { isRunning } from '../../src/stack/processes/is-running.ts';
import {
  readStackLog,
  readStackState,
  removeStackState,
  type StackState,
} from '../../src/stack/state-file.ts';
import type { CliContext } from '../context.ts';

/** Enough time for draining, for PostgreSQL's shutdown and for removing the data. */
const DOWN_TIMEOUT_MS = 30_000;

/** Stops the stack that `up` started in this folder, and waits until it is gone. */
export async function stopStack(context: CliContext): Promise<void> {
  const running = await readStackState(context.cwd);
  if (running === undefined) {
    const lastWords = await readStackLog(context.cwd);
    await removeStackState(context.cwd);
    context.stderr.write(
      lastWords === undefined
        ? 'nothing runs here\n'
        : `nothing runs here any more; the stack that did said:\n${lastWords}\n`,
    );
    return;
  }
  askToStop(running);
  const deadline = Date.now() + DOWN_TIMEOUT_MS;
  while (isRunning(running.pid)) {
    if (Date.now() > deadline) {
      throw UserError.environment('the stack did not stop', {
        why: `process ${running.pid} is still there after ${DOWN_TIMEOUT_MS / 1000} s`,
        next: `look into ${running.folder}, then kill -9 ${running.pid}; what it started ends with it`,
      });
    }
    await delay(50);
  }
  await removeStackState(context.cwd);
  context.stderr.write(`stopped ${running.targets.join(', ')} and all that was started for it\n`);
}

function askToStop({ pid }: StackState): void {
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
