import type { Command } from 'commander';

/** Adds command lines to the help of a command; what follows three spaces says what for. */
export const addExamples = (command: Command, lines: string[]): Command =>
  command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
