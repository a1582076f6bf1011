import { expect, it } from 'vitest';
import { createExceptions } from './exceptions.ts';

function create() {
  const log: string[] = [];
  const exceptions = createExceptions({
    describe: (error) => `described: ${(error as Error).message}`,
    log: (line) => log.push(line),
  });
  return { exceptions, log };
}

it('counts all exceptions, and keeps and logs each message once', () => {
  const { exceptions, log } = create();
  for (const message of ['a', 'b', 'a']) exceptions.record(new Error(message));
  expect(exceptions.result()).toEqual({
    count: 3,
    first: ['described: a', 'described: b'],
    failed: 0,
  });
  expect(log).toEqual(['described: a', 'described: b']);
});

it('keeps no more than ten messages', () => {
  const { exceptions, log } = create();
  for (let n = 1; n <= 12; n += 1) exceptions.record(new Error(String(n)));
  expect(exceptions.result().count).toBe(12);
  expect(exceptions.result().first).toHaveLength(10);
  expect(log.at(-1)).toBe('described: 10');
});

it('drains each message once, and merges what others drained', () => {
  const { exceptions: worker } = create();
  const { exceptions: all, log } = create();
  worker.record(new Error('a'));
  all.merge(worker.drain());
  worker.record(new Error('a'));
  worker.record(new Error('b'));
  const second = worker.drain();
  expect(second).toEqual({ count: 2, first: ['described: b'], failed: 0 });
  all.merge(second);
  expect(all.result()).toEqual({ count: 3, first: ['described: a', 'described: b'], failed: 0 });
  expect(log).toEqual(['described: a', 'described: b']);
});

it('tells what fails a run whatever it allows, once', () => {
  const { exceptions: worker } = create();
  const { exceptions: all } = create();
  worker.fail('not followed');
  worker.fail('thrown in a thread', true);
  all.merge(worker.drain());
  all.merge(worker.drain());
  expect(all.result()).toEqual({
    ...{ count: 2, failed: 1 },
    first: ['described: not followed', 'described: thrown in a thread'],
  });
});
