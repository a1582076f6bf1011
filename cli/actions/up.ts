import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from 'commander';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { thisProcess } from '../../src/stack/processes/birth.ts';
import { createScope } from '../../src/stack/resource.ts';
import { createStack } from '../../src/stack/stack.ts';
import {
  claimStack,
  openStackLog,
  readHolder,
  readStackState,
  removeStackState,
  type StackHolder,
  type StackState,
  writeStackState,
} from '../../src/stack/state-file.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { describeStackEvent } from '../screens/run-view.ts';
import { assertSafe, servicesOf, settingsOf } from '../settings.ts';

/** A message from the process that holds the stack to the one that started it. */
type HolderMessage =
  | { type: 'up'; state: StackState }
  | { type: 'failed'; what: string; why: string; next: string; exitCode?: number };

/** Starts the stack in the background, or holds it in this process with `--foreground`. */
export async function startStack(command: Command, context: CliContext): Promise<void> {
  const flags = command.optsWithGlobals<GlobalFlags & { foreground?: boolean }>();
  const holder = await readHolder(context.cwd);
  if (holder !== undefined) throw await report(await folderIsTaken(holder, context));
  // The settings are checked here, so that the command that was typed reports a typing error.
  assertSafe((await settingsOf(command, context)).settings);
  if (flags.foreground) await hold(command, context);
  else tell(context, flags, await startHolder(context));
}

/** Holds the stack in this process until a signal comes, or until its database or an instance cannot be restarted. */
async function hold(command: Command, context: CliContext): Promise<void> {
  const { settings } = await settingsOf(command, context);
  const identity = thisProcess();
  const holder = await claimStack(context.cwd, identity);
  if (holder !== undefined) throw await report(await folderIsTaken(holder, context));
  const scope = createScope();
  let endWith: (reason: string) => void = () => {};
  const end = new Promise<string>((resolve) => {
    endWith = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => endWith(signal));
  }
  let isUp = false;
  // A user who interrupts `up` before the stack is up wants no stack.
  process.once('disconnect', () => {
    if (!isUp) endWith('nobody waits for it');
  });
  const stack = createStack({
    ...settings,
    ...servicesOf(settings, context.env),
    holdTtlMs: settings.holdTtl,
    keep: false,
    onEvent(event) {
      context.stderr.write(`${describeStackEvent(event)}\n`);
      if (event.type === 'database_died' || event.type === 'gave_up') endWith(event.type);
    },
  });

  let endedBy: string | undefined;
  try {
    const started = await Promise.race([scope.start(stack), end]);
    if (typeof started === 'string') return;
    const state: StackState = {
      ...identity,
      targets: started.targets,
      adminToken: started.adminToken,
      strategy: settings.strategy,
      holdTtlMs: settings.holdTtl,
      databaseUrl: started.databaseUrl,
      redisUrl: started.redisUrl,
      kafkaBrokers: started.kafkaBrokers,
      folder: started.folder,
      startedAt: new Date().toISOString(),
    };
    if (!(await writeStackState(context.cwd, state))) {
      const other = (await readHolder(context.cwd)) ?? identity;
      throw await folderIsTaken(other, context);
    }
    isUp = true;
    if (process.connected) process.send?.({ type: 'up', state } satisfies HolderMessage);
    else tell(context, command.optsWithGlobals<GlobalFlags>(), state);
    endedBy = await end;
  } catch (error) {
    throw await report(error);
  } finally {
    await scope.stop();
    // A stack that ended by itself leaves its log, so that `down` can say why it ended.
    const keepLog = endedBy === 'database_died' || endedBy === 'gave_up';
    await removeStackState(context.cwd, { keepLog });
  }
}

/** The error of a second stack in a folder. */
async function folderIsTaken({ pid }: StackHolder, { cwd }: CliContext): Promise<UserError> {
  const running = await readStackState(cwd);
  return UserError.usage('a stack runs here already', {
    why: `process ${pid} ${running ? `serves ${running.targets.join(', ')}` : 'is starting it'}`,
    next: 'use it, or stop it with flashsale-cli down',
  });
}

/** Tells the process that waits for the stack why there will be none, and returns the error. */
async function report(error: unknown): Promise<unknown> {
  if (error instanceof UserError && process.connected) {
    const { message: what, why, next, exitCode } = error;
    const message: HolderMessage = { type: 'failed', what, why, next, exitCode };
    // A process that ends may leave a message unsent.
    await new Promise((sent) => process.send?.(message, sent));
  }
  return error;
}

/** Starts this command again as a background process that holds the stack, and waits until the stack is up. */
async function startHolder(context: CliContext): Promise<StackState> {
  const { path, log } = await openStackLog(context.cwd);
  const [program, ...args] = [...context.program, ...context.typed];
  const holder = spawn(program as string, [...args, '--foreground'], {
    cwd: context.cwd,
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
  });
  await log.close();
  const message = await Promise.race([
    once(holder, 'message').then(([message]) => message as HolderMessage),
    once(holder, 'exit').then(async ([code]): Promise<HolderMessage> => {
      // Its last message may still be on its way.
      if (holder.connected) await once(holder, 'disconnect');
      return {
        type: 'failed',
        what: 'the stack did not start',
        why: `its process ended with code ${code}`,
        next: `look into ${path}`,
      };
    }),
  ]);
  if (holder.connected) holder.disconnect();
  holder.unref();
  if (message.type === 'up') return message.state;
  const isUsage = message.exitCode === ExitCode.usage;
  throw UserError[isUsage ? 'usage' : 'environment'](message.what, message);
}

function tell(context: CliContext, flags: GlobalFlags, state: StackState): void {
  if (flags.json) {
    context.document(state);
    return;
  }
  context.stdout.write(`${state.targets.join('\n')}\n`);
  const services = [
    ...(state.redisUrl === undefined ? [] : [`Redis ${withoutPassword(state.redisUrl)}`]),
    ...(state.kafkaBrokers === undefined ? [] : [`Kafka ${state.kafkaBrokers}`]),
  ];
  context.stderr.write(
    `up: strategy ${state.strategy}, process ${state.pid}, logs in ${state.folder}\n` +
      services.map((service) => `    ${service}\n`).join('') +
      `next: flashsale-cli run rush --target ${state.targets.join(',')}, or flashsale-cli down\n`,
  );
}

function withoutPassword(text: string): string {
  const url = new URL(text);
  url.password = '';
  return url.href;
}
