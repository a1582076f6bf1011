import type { Command } from 'commander';
import type { CliContext, GlobalFlags } from '../context.ts';
import { padTo } from '../render/style.ts';
import { SETTING_NAMES, SETTINGS } from '../setting-flags.ts';
import { settingsOf } from '../settings.ts';

/** Prints every setting with its value and origin; secrets are hidden. */
export async function showConfig(command: Command, context: CliContext): Promise<void> {
  const { settings, origins } = await settingsOf(command, context);
  const rows = SETTING_NAMES.map((name) => ({
    name,
    value: SETTINGS[name].secret && settings[name] !== undefined ? '(hidden)' : settings[name],
    origin: origins[name],
  }));
  if (command.optsWithGlobals<GlobalFlags>().json) {
    context.document(rows);
    return;
  }
  for (const { name, value, origin } of rows) {
    context.stdout.write(`${name.padEnd(14)}${padTo(String(value ?? '-'), 28)}${origin}\n`);
  }
}
