import type { Command } from 'commander';
import { type Resolved, resolveSettings, SETTINGS, type SettingName } from './settings.ts';

/** What a command knows of the world; `main.ts` is the only one that looks for itself. */
export interface CliContext {
  env: Record<string, string | undefined>;
  cwd: string;
  /** Version of the package. */
  version: string;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** The command line as typed, to be repeated by a person. */
  commandLine: string;
  /** Program and arguments that start this very process again. */
  argv: string[];
  /** Sets how the process will end. */
  exit(code: number): void;
}

/** Flags every command understands. */
export interface GlobalFlags {
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color?: boolean;
  ui?: 'auto' | 'tui' | 'plain' | 'none';
}

export function addSettings(command: Command, names: SettingName[]): Command {
  for (const name of names) {
    const { flag, description, repeatable, negatable } = SETTINGS[name];
    if (repeatable) command.option<string[]>(flag, description, collect);
    else command.option(flag, description);
    if (negatable) command.option(flag.replace('--', '--no-'), 'do without');
  }
  return command;
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

export const settingsOf = (command: Command, context: CliContext): Promise<Resolved> =>
  resolveSettings({ flags: command.opts(), env: context.env, cwd: context.cwd });

/** Whether text for people may be colored on this stream. */
export const mayColor = (
  stream: NodeJS.WriteStream,
  flags: GlobalFlags,
  env: CliContext['env'],
): boolean =>
  stream.isTTY === true && flags.color !== false && !env.NO_COLOR && env.TERM !== 'dumb';

/** Width for text on a stream; pipes get one that reads well in a log. */
export const columnsOf = (stream: NodeJS.WriteStream): number => stream.columns ?? 100;
