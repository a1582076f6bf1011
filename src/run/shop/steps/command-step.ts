import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { rootMessage, UserError } from '../../../kernel/errors.ts';
import type { Fields } from '../../../target/file/schema.ts';
import { commandLineOf } from '../command-line.ts';
import { runCommand } from '../run-command.ts';
import type { ShopMeans } from '../shop-means.ts';
import { asFields } from './fields.ts';
import { lookUp } from './lookup.ts';

interface CommandStep {
  command: string;
  timeout: number;
}

/** Runs the command of a step. If it prints a JSON object, that gives the fields. */
export async function performCommandStep(
  step: CommandStep,
  fields: Fields,
  place: string,
  means: ShopMeans,
): Promise<Fields> {
  const printed = (await readOutput(step, fields, place, means, text)).trim();
  return printed.startsWith('{') ? asFields(jsonIn(printed), place) : {};
}

/** Output that only looks like JSON is a message for people, and gives no fields. */
function jsonIn(printed: string): unknown {
  try {
    return JSON.parse(printed);
  } catch {
    return {};
  }
}

/**
 * Runs a command whose placeholders become arguments, in the folder of the target file, and hands its output to `read`.
 *
 * @throws UserError (environment) when it cannot be started, fails, or takes longer than its timeout
 */
export async function readOutput<Result>(
  { command, timeout }: CommandStep,
  fields: Fields,
  place: string,
  { file, secrets, env, signal }: ShopMeans,
  read: (stdout: Readable) => Promise<Result>,
): Promise<Result> {
  secrets.hideVariablesOf(command);
  const commandLine = commandLineOf(command, lookUp(fields, secrets, place));
  try {
    const options = { env, signal, cwd: file.folder, timeoutMs: timeout };
    return await runCommand(commandLine, options, read);
  } catch (cause) {
    signal.throwIfAborted();
    throw UserError.environment(`${place} of the target file: the command failed`, {
      why: secrets.scrub(`${rootMessage(cause)} (${command})`),
      next: 'try it in a shell, and mend it',
    });
  }
}
