import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from './cli.ts';

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
});
afterAll(() => place.remove());

/** Names of the commands that a help lists. */
const listed = (help: string): string[] =>
  [...(help.split('\nCommands:\n')[1]?.split('\n\n')[0] ?? '').matchAll(/^ {2}([a-z]+)\b/gm)]
    .map(([, name]) => name as string)
    .filter((name) => name !== 'help');

const helpOf = async (...words: string[]): Promise<string> =>
  (await place.run([...words, '--help'])).stdout;

it('C.9 the help of every command ends with two examples of it at least', async () => {
  const poor: string[] = [];
  const visit = async (words: string[]): Promise<void> => {
    const help = await helpOf(...words);
    const below = listed(help);
    for (const name of below) await visit([...words, name]);
    const examples = (help.split('\nExamples:\n')[1] ?? '')
      .split('\n')
      .filter((line) => line.includes(`flashsale-cli ${words.join(' ')}`));
    if (examples.length < 2) poor.push(words.join(' '));
  };
  await visit([]);
  expect(poor).toEqual([]);
});
