import type { Command } from 'commander';
import { UserError } from '../src/kernel/errors.ts';
import type { AdminApi } from '../src/run/sale/admin-api.ts';
import { readStackState, type StackState } from '../src/stack/state-file.ts';
import type { CliContext } from './context.ts';
import { type Settings, settingsOf, targetFileOf } from './settings.ts';

/**
 * The stack that `up` started in the folder `cwd`, if every target belongs to it. Its hold TTL and its administrator's
 * token need not be typed then; a target elsewhere is never given that token.
 */
export async function stackOfTargets(
  targets: string[] | undefined,
  cwd: string,
): Promise<StackState | undefined> {
  if (targets === undefined) return undefined;
  const stack = await readStackState(cwd);
  return targets.every((target) => stack?.targets.includes(target)) ? stack : undefined;
}

/**
 * The admin API of the server that the settings name, or else of the stack that `up` started here.
 *
 * @throws UserError (usage) when there is no such server or no token for it
 */
export async function adminOfServer(
  command: Command,
  context: CliContext,
): Promise<{ admin: AdminApi; settings: Settings }> {
  const { settings, targets } = await namedServer(command, context);
  const token = settings.adminToken ?? (await stackOfTargets(targets, context.cwd))?.adminToken;
  if (targets !== undefined && token !== undefined) {
    const { createAdminApi } = await import('../src/run/sale/admin-api.ts');
    return { admin: createAdminApi({ targets, token }), settings };
  }
  throw UserError.usage('there is no server to ask', {
    why:
      targets === undefined ? 'no target was given, and no stack runs here' : 'no token was given',
    next: 'start one with flashsale-cli up, or add --target URL --admin-token TOKEN',
  });
}

/**
 * The base URLs of the server that the settings name, or else of the stack that `up` started here, and the token of a user if
 * one was given.
 *
 * @throws UserError (usage) when there is no such server
 */
export async function serverOfUser(
  command: Command,
  context: CliContext,
): Promise<{ targets: string[]; userToken: string | undefined }> {
  const { settings, targets } = await namedServer(command, context);
  if (targets !== undefined) return { targets, userToken: settings.userToken };
  throw UserError.usage('there is no server to ask', {
    why: 'no target was given, and no stack runs here',
    next: 'start one with flashsale-cli up, or add --target URL',
  });
}

async function namedServer(
  command: Command,
  context: CliContext,
): Promise<{ settings: Settings; targets: string[] | undefined }> {
  const { settings } = await settingsOf(command, context);
  if (targetFileOf(settings) !== undefined) {
    throw UserError.usage('a target file does not help here', {
      why: `${command.name()} asks what only a server of ours can answer`,
      next: 'give its base URL: --target URL',
    });
  }
  return { settings, targets: settings.target ?? (await readStackState(context.cwd))?.targets };
}
