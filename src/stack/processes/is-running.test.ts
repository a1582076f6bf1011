import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { isRunning } from './is-running.ts';

it('knows a process that runs from one that has ended', async () => {
  expect(isRunning(process.pid)).toBe(true);
  const ended = spawn(process.execPath, ['-e', '']);
  await once(ended, 'exit');
  expect(isRunning(ended.pid as number)).toBe(false);
});

it.runIf(process.platform === 'linux')('does not count a zombie', async () => {
  // The child ends once `sleep` has replaced the shell, because a shell would wait for it and `sleep` never does.
  const child = '(while [ "$(cat /proc/$$/comm)" = sh ]; do :; done)';
  const parent = spawn('sh', ['-c', `${child} & echo $!; exec sleep 60`]);
  const [output] = await once(parent.stdout, 'data');
  const zombie = Number(String(output));
  while (isRunning(zombie)) await new Promise((resolve) => setImmediate(resolve));
  process.kill(zombie, 0);
  parent.kill();
  await once(parent, 'exit');
});
