import { expect, it } from 'vitest';
import type { Payment } from './payment.ts';
import { createReconciler } from './reconciler.ts';

/** A reconciler with this number of due payments, of which those in `failing` cannot be settled. */
function reconcile(due: number, failing: number[] = []) {
  const waiting = Array.from({ length: due }, (_, place) => ({ quantity: place }) as Payment);
  const settled: number[] = [];
  const settleDue = createReconciler({
    store: {
      claimDue: async (limit) => waiting.splice(0, limit),
      deleteEvents: async () => {},
    },
    async settle({ quantity: place }) {
      if (failing.includes(place)) throw new Error(`payment ${place} failed`);
      settled.push(place);
    },
    deleteEventsAfterMs: 0,
  });
  return { settleDue, settled };
}

it('settles the payments that are due, and resolves to their number', async () => {
  const { settleDue, settled } = reconcile(40);
  expect(await settleDue(1000)).toBe(40);
  expect(settled).toHaveLength(40);
});

it('settles no more payments than the limit', async () => {
  const { settleDue, settled } = reconcile(40);
  expect(await settleDue(20)).toBe(20);
  expect(settled).toHaveLength(20);
});

it('settles all others when some fail, and then reports the failures', async () => {
  const { settleDue, settled } = reconcile(20, [3, 17]);
  await expect(settleDue(1000)).rejects.toThrow('2 payments could not be settled');
  expect(settled).toHaveLength(18);
});
