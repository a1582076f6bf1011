import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addSettingFlags, SERVICE_SETTINGS } from '../setting-flags.ts';
import { addExamples } from './examples.ts';

/** `up` and `down`: starts and stops the stack alone, in the background. */
export function addUpCommands(program: Command, context: CliContext): void {
  const up = program
    .command('up')
    .description('start the server and all it needs in the background')
    .option('--foreground', 'stay in the foreground until Ctrl-C');
  addSettingFlags(up, ['strategy', 'unsafe', 'instances', 'holdTtl', 'databaseUrl']);
  addSettingFlags(up, [...SERVICE_SETTINGS, 'port']);
  addExamples(up, ['flashsale-cli up', 'flashsale-cli up --instances 3 --redis --port 4000']);
  up.action(async () => {
    const { startStack } = await import('../actions/up.ts');
    await startStack(up, context);
  });

  const down = program.command('down').description('stop what up started');
  addExamples(down, ['flashsale-cli down', 'flashsale-cli down --json']);
  down.action(async () => {
    const { stopStack } = await import('../actions/down.ts');
    await stopStack(down, context);
  });
}
