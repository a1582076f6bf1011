import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { commandLineOf } from './command-line.ts';
import { runCommand } from './run-command.ts';

const AWKWARD = `a'b "c" $HOME \`id\` \\ ; echo gone`;
const fieldOf = (name: string): unknown => (name === 'sku' ? AWKWARD : 7);
const NEVER = new AbortController().signal;

const run = (template: string, { timeoutMs = 20_000, signal = NEVER } = {}): Promise<string> =>
  runCommand(
    commandLineOf(template, fieldOf),
    { env: { PATH: process.env.PATH }, timeoutMs, signal },
    text,
  );

it.each([
  ['bare', 'printf %s {sku}'],
  ['in double quotes', 'printf %s "{sku}"'],
  ['in single quotes', "printf %s '{sku}'"],
])('passes a value on as it is: %s', async (_, template) => {
  expect(await run(template)).toBe(AWKWARD);
});

it('passes values on amid other text', async () => {
  expect(await run(`printf %s 'it is "{quantity}"'{quantity}"x{quantity}"`)).toBe('it is "7"7x7');
});

it('leaves the braces of the shell, of JSON and of scripts alone', async () => {
  const template = `x=5; printf '%s %s' "\${x}" '{"a":{"b":1}} {{sku}}'; echo 7 8 | awk '{ print $2 }'`;
  expect(await run(template)).toBe('5 {"a":{"b":1}} {sku}8\n');
});

it('fails with the exit code and the first line on stderr', async () => {
  await expect(
    run('echo half; echo >&2; echo "no such table" >&2; echo more >&2; exit 3'),
  ).rejects.toThrow(/^it ended with exit code 3: no such table$/);
});

it('fails when the time is over, and ends the children of the command', async () => {
  await expect(run('sleep 60 | cat', { timeoutMs: 50 })).rejects.toThrow(
    'it did not end within 0.05 seconds',
  );
});

it('ends when the run is abandoned', async () => {
  const abandoned = new AbortController();
  const running = run('sleep 60', { signal: abandoned.signal });
  abandoned.abort(new Error('abandoned'));
  await expect(running).rejects.toThrow('abandoned');
});

it('lets a reader give up without waiting for it for ever', async () => {
  const reading = runCommand(
    commandLineOf('yes | head -c 1000000', fieldOf),
    { env: { PATH: process.env.PATH }, timeoutMs: 20_000, signal: NEVER },
    async () => {
      throw new Error('enough');
    },
  );
  await expect(reading).rejects.toThrow('enough');
});
