import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addSettingFlags } from '../setting-flags.ts';

/** `verify`: judges a history that was recorded before. */
export function addVerifyCommand(program: Command, context: CliContext): void {
  const command = program
    .command('verify')
    .description('judge a history that run --history recorded')
    .argument('<history>', 'the history file');
  addSettingFlags(command, ['target', 'adminToken']);
  command.action(async (path: string) => {
    const { verifyHistory } = await import('../actions/verify.ts');
    await verifyHistory(path, command, context);
  });
}
