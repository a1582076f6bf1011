import type { Command } from 'commander';
import { addSettings, type CliContext, type GlobalFlags, settingsOf } from '../context.ts';
import { SETTINGS, type SettingName } from '../settings.ts';

/** `config show`: every setting, its value and where it came from. */
export function addConfigCommand(program: Command, context: CliContext): void {
  const names = Object.keys(SETTINGS) as SettingName[];
  const config = program.command('config').description('the settings and where they come from');
  const show = config.command('show').description('print every setting with its value and origin');
  addSettings(show, names);

  show.action(async () => {
    const { settings, origins } = await settingsOf(show, context);
    const rows = names.map((name) => ({
      name,
      value: SETTINGS[name].secret && settings[name] !== undefined ? '(hidden)' : settings[name],
      origin: origins[name],
    }));
    if (show.optsWithGlobals<GlobalFlags>().json) {
      context.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
      return;
    }
    for (const { name, value, origin } of rows) {
      context.stdout.write(`${name.padEnd(14)}${String(value ?? '-').padEnd(28)}${origin}\n`);
    }
  });
}
