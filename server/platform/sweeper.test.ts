import { expect, it } from 'vitest';
import { createSweeper } from './sweeper.ts';

/** A sweeper whose passes end when the test ends them, with the number of swept holds that the test gives. */
function observed() {
  const passes: { limit: number; end(swept: number | Error): void }[] = [];
  const waiting: (() => void)[] = [];
  const errors: unknown[] = [];
  const sweeper = createSweeper({
    what: 'lapsed holds',
    sweep: (limit) =>
      new Promise((resolve, reject) => {
        passes.push({
          limit,
          end: (swept) => (swept instanceof Error ? reject(swept) : resolve(swept)),
        });
        waiting.shift()?.();
      }),
    intervalMs: 1,
    log: { error: (details) => errors.push(details) },
  });
  /** Resolves when the next pass begins. */
  const nextPass = async () => {
    await new Promise<void>((begun) => waiting.push(begun));
    return passes.at(-1) as (typeof passes)[number];
  };
  return { sweeper, passes, errors, nextPass };
}

it('S1.2 sweeps again and again', async () => {
  const { sweeper, passes, nextPass } = observed();
  const first = nextPass();
  sweeper.start();
  (await first).end(3);
  (await nextPass()).end(0);
  (await nextPass()).end(0);
  await sweeper.stop();
  expect(passes.length).toBeGreaterThanOrEqual(3);
});

it('S1.2 sweeps again at once while there are more holds than one pass takes', async () => {
  const { sweeper, passes, nextPass } = observed();
  const first = nextPass();
  sweeper.start();
  const { limit, end } = await first;
  end(limit);
  await new Promise((resolve) => setImmediate(resolve));

  expect(passes).toHaveLength(2);
  const stopped = sweeper.stop();
  passes[1]?.end(limit);
  await stopped;
  expect(passes).toHaveLength(2);
});

it('S1.2 reports a pass that failed and tries again', async () => {
  const { sweeper, errors, nextPass } = observed();
  const away = new Error('the database is away');
  const first = nextPass();
  sweeper.start();
  (await first).end(away);
  (await nextPass()).end(1);

  expect(errors).toEqual([{ err: away }]);
  await sweeper.stop();
});

it('stops only when the pass under way has ended', async () => {
  const { sweeper, passes, nextPass } = observed();
  const first = nextPass();
  sweeper.start();
  const { end } = await first;
  let stopped = false;
  const stopping = sweeper.stop().then(() => {
    stopped = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(stopped).toBe(false);

  end(1);
  await stopping;
  expect(passes).toHaveLength(1);
});

it('stops at once between two passes, and before it was started', async () => {
  const { sweeper, passes } = observed();
  await sweeper.stop();
  sweeper.start();
  await sweeper.stop();
  expect(passes).toHaveLength(0);
});
