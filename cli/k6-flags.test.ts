import { Command } from 'commander';
import { expect, it } from 'vitest';
import { wordsForCommander } from '../src/k6/flags/words.ts';
import { addK6Flags } from './k6-flags.ts';

function parse(line: string): { flags: object; rest: string[]; help: string } {
  const command = new Command('run').argument('<script>').exitOverride().configureOutput({});
  command.configureOutput({ outputError: () => {} });
  addK6Flags(command);
  command.parse(wordsForCommander(line.split(' ')), { from: 'user' });
  return { flags: command.opts(), rest: command.args, help: command.helpInformation() };
}

it('reads flags as k6 does', () => {
  const line =
    '-u=3 --max-redirects 0 --no-setup --throw=false --http-debug -s 1s:3,2s:0 -s 1s:1 --tag a=b --tag c=d --block-hostnames *.a,b --dns ttl=0,select=first -e A=b=c -e EMPTY -a localhost:0 script.js';
  expect(parse(line)).toMatchObject({
    flags: {
      ...{ vus: 3, maxRedirects: 0, noSetup: true, throw: false, httpDebug: 'headers' },
      stage: [
        { duration: '1s', target: 3 },
        { duration: '2s', target: 0 },
        { duration: '1s', target: 1 },
      ],
      ...{ tag: { a: 'b', c: 'd' }, blockHostnames: ['*.a', 'b'] },
      ...{ dns: { ttl: '0', select: 'first' }, env: { A: 'b=c', EMPTY: '' } },
      address: 'localhost:0',
    },
    rest: ['script.js'],
  });
});

it.each([
  ['--vus many', '"many" is not a whole number'],
  ['-e 1A=5', '"1A" is no name of a variable'],
  ['--tag a', '"a" is not NAME=VALUE'],
  ['--throw=yes', '"yes" is neither true nor false'],
])('refuses %s', (flags, why) => {
  expect(() => parse(`${flags} script.js`)).toThrow(why);
});

it('shows in its help what is heeded, as it is typed', () => {
  const { help } = parse('script.js');
  expect(help).toContain('--no-setup ');
  expect(help).toContain('--http-debug[=<what>]');
  expect(help).not.toContain('--address');
  expect(help).not.toContain('--paused');
});
