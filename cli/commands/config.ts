import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addSettingFlags, SETTING_NAMES } from '../setting-flags.ts';
import { addExamples } from './examples.ts';

/** `config show`: prints every setting with its value and origin. */
export function addConfigCommand(program: Command, context: CliContext): void {
  const config = program.command('config').description('the settings and where they come from');
  const show = config.command('show').description('print every setting with its value and origin');
  addSettingFlags(show, SETTING_NAMES);
  for (const named of [config, show]) {
    addExamples(named, [
      'flashsale-cli config show',
      'flashsale-cli config show --stock 100 --json',
    ]);
  }
  show.action(async () => {
    const { showConfig } = await import('../actions/config.ts');
    await showConfig(show, context);
  });
}
