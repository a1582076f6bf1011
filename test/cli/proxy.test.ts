import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findFreePort } from '../../src/stack/processes/free-port.ts';
import { createWorkplace, untilPrinted, type Workplace } from './cli.ts';

let place: Workplace;
const dependency = createServer((socket) => socket.on('data', () => socket.write('1 unit')));
beforeEach(async () => {
  place = await createWorkplace();
  dependency.listen(0, '127.0.0.1');
  await once(dependency, 'listening');
});
afterEach(async () => {
  dependency.close();
  await place.remove();
});

const addressOfDependency = (): string => {
  const address = dependency.address();
  return typeof address === 'object' ? `127.0.0.1:${address?.port}` : '';
};

it('a proxy holds answers back until Ctrl-C, and then says how long it did', async () => {
  const port = await findFreePort();
  const proxy = place.start([
    ...['proxy', '--listen', `127.0.0.1:${port}`, '--to', addressOfDependency()],
    ...['--widen', '3ms'],
  ]);
  await untilPrinted(proxy, 'next:');
  const socket = connect(port, '127.0.0.1');
  socket.write('how many?');
  expect(String((await once(socket, 'data'))[0])).toBe('1 unit');
  proxy.process.kill('SIGINT');
  const { code, stdout, stderr } = await proxy.ended;
  expect(stdout).toMatch(
    /^proxy: 1 connection; 1 answer held back by 3 ms \(median \d+\.\d ms, p99 \d+\.\d ms\)\n$/,
  );
  expect(stderr).not.toContain('error');
  expect(code).toBe(0);
});

it.each([
  [['--widen', 'soon'], /--widen soon is no time: .* Next: write it as 5ms/],
  [['--to', 'nowhere'], /nowhere is no address: .* Next: write it as 127\.0\.0\.1:5432/],
])('says what is wrong with %j', async (flags, message) => {
  const to = addressOfDependency();
  const { code, stderr } = await place.run([
    ...['proxy', '--listen', '127.0.0.1:0', '--to', to, ...flags],
  ]);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});
