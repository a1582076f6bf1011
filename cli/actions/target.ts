import { resolve } from 'node:path';
import type { Command } from 'commander';
import { systemClock } from '../../src/kernel/clock.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { checkTarget } from '../../src/run/shop/check/check-target.ts';
import { shopDatabases } from '../../src/run/shop/databases.ts';
import { reachShop } from '../../src/run/shop/proxies.ts';
import { assertOwned } from '../../src/run/shop/safety.ts';
import { createSecrets } from '../../src/run/shop/secrets.ts';
import { createScope } from '../../src/stack/resource.ts';
import { readTargetFile } from '../../src/target/file/read-target-file.ts';
import { type CliContext, columnsOf, type GlobalFlags, mayColor } from '../context.ts';
import { renderTargetCheck } from '../render/target-check.ts';

const WITHIN_MS = 60_000;
/** A shop that waits for a proxy of the file is ready within this time. */
const READY_WITHIN_MS = 30_000;

/** Has one buyer walk through a described shop, and prints what came back; exits with 2 if the file has to be changed. */
export async function checkTargetFile(
  path: string,
  command: Command,
  context: CliContext,
): Promise<void> {
  const flags = command.optsWithGlobals<GlobalFlags & { iOwnThisServer?: boolean }>();
  const { env, stdout } = context;
  const file = await readTargetFile(resolve(context.cwd, path), env);
  await assertOwned(file.url, flags.iOwnThisServer ?? false);
  const scope = createScope();
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'log') context.stderr.write(`${event.line}\n`);
  };
  const signal = AbortSignal.timeout(WITHIN_MS);
  try {
    const databases = await scope.start(shopDatabases({ timeoutMs: file.evidence.timeout }));
    await reachShop(file, { scope, signal, onEvent }, READY_WITHIN_MS);
    const means = { file, secrets: createSecrets(env), databases, env, signal };
    const check = await checkTarget(means, systemClock);
    if (flags.json) context.document(check);
    else {
      const color = mayColor(stdout, flags, env);
      stdout.write(`${renderTargetCheck(check, { color, columns: columnsOf(stdout) })}\n`);
    }
    if (!check.ok) context.exit(ExitCode.usage);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw UserError.environment(`${file.name} was not checked within a minute`, {
      why: 'the shop, or a command of the target file, answers too slowly',
      next: 'see which: shorten the steps, or give commands a timeout',
      cause: error,
    });
  } finally {
    await scope.stop();
  }
}
