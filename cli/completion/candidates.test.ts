import { Command } from 'commander';
import { expect, it } from 'vitest';
import { printCandidates } from '../actions/complete.ts';
import { addRunCommand } from '../commands/run.ts';
import { addVerifyCommand } from '../commands/verify.ts';
import type { CliContext } from '../context.ts';

it.each([
  [['ver'], ['verify']],
  [
    ['run', 'last'],
    ['last-unit', ':files'],
  ],
  [['run', 'rush', '--strategy', 'opt'], ['optimistic']],
  [['run', 'rush', '--strategy=opt'], ['--strategy=optimistic']],
  [['run', 'rush', '--strategy=naive,opt'], ['--strategy=naive,optimistic']],
  [['run', 'rush', '--history='], [':files']],
  [['run', 'rush', '--redis=o'], []],
  [['run', 'rush', '--unknown='], []],
  [
    ['verify', 'a.ndjson', '--export='],
    ['--export=porcupine', '--export=jepsen'],
  ],
  [
    ['verify', 'a.ndjson', '--export', ''],
    ['porcupine', 'jepsen'],
  ],
  [['run', '--no-red'], ['--no-redis']],
  [
    ['run', 'rush', '--faults', 'redis:kill@2s,smtp'],
    ['redis:kill@2s,smtp:kill', 'redis:kill@2s,smtp:refuse'],
  ],
  [['run', '-e', 'URL=http://a', 'rush', '--strategy', 'opt'], ['optimistic']],
])('C.9 offers what may follow %j', async (typed, expected) => {
  let output = '';
  const stdout = { write: (text: string) => (output += text) };
  const context = { stdout } as unknown as CliContext;
  const program = new Command('flashsale-cli');
  addRunCommand(program, context);
  addVerifyCommand(program, context);
  await printCandidates(program, typed, context);
  const words = output.split('\n').map((line) => line.split('\t')[0]);
  expect(words.filter((word) => word !== '').toSorted()).toEqual(expected.toSorted());
});
