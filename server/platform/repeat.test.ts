import { expect, it } from 'vitest';
import { repeat } from './repeat.ts';

/** Runs one pass per outcome, the next as soon as the last has ended. Returns the calls that were made. */
async function runPasses(outcomes: ('ok' | 'fails')[]): Promise<string[]> {
  const calls: string[] = [];
  await new Promise<void>((resolve) => {
    const loop = repeat({
      intervalMs: 0,
      async pass() {
        const outcome = outcomes.shift();
        if (outcome === undefined) {
          void loop.stop().then(resolve);
          return;
        }
        calls.push('pass');
        if (outcome === 'fails') throw new Error('away');
      },
      onFailure: () => calls.push('failure'),
      onRecovery: () => calls.push('recovery'),
    });
    loop.start();
  });
  return calls;
}

it('goes on after a pass that failed, and reports the first of several failures', async () => {
  expect(await runPasses(['ok', 'fails', 'fails', 'ok', 'fails'])).toEqual([
    ...['pass', 'pass', 'failure', 'pass', 'pass', 'recovery', 'pass', 'failure', 'recovery'],
  ]);
});

it('aborts the signal of the pass under way when it is stopped, and waits for the pass', async () => {
  let isAborted = false;
  let begun = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const loop = repeat({
    intervalMs: 0,
    async pass(signal) {
      begun();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      isAborted = true;
    },
    onFailure() {},
  });
  loop.start();
  await hasBegun;
  await loop.stop();
  expect(isAborted).toBe(true);
});

it('waits longer while there has been nothing to do for long', async () => {
  const waits: number[] = [];
  const found = [...Array.from({ length: 41 }, () => false), true, false];
  await new Promise<void>((resolve) => {
    const loop = repeat({
      intervalMs: 50,
      idleIntervalMs: 200,
      async pass() {
        if (found.length === 1) void loop.stop().then(resolve);
        return found.shift();
      },
      onFailure() {},
      wait: async (ms) => void waits.push(ms),
    });
    loop.start();
  });
  expect(waits).toEqual([...Array.from({ length: 39 }, () => 50), 200, 200, 50, 50]);
});
