import { once } from 'node:events';
import { expect, it } from 'vitest';
import { forkScript, hasExited } from './fork-script.ts';

it('starts a script of the sources as a process of its own, which can be stopped over its channel', async () => {
  const child = forkScript('src/stack/processes/program-keeper.ts');
  expect(hasExited(child)).toBe(false);
  child.send('stop');
  await once(child, 'exit');
  expect(child.exitCode).toBe(0);
  expect(hasExited(child)).toBe(true);
});

it('a process that was ended by a signal has exited, too', async () => {
  const child = forkScript('src/stack/processes/program-keeper.ts');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(hasExited(child)).toBe(true);
});
