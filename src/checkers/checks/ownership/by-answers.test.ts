import { expect, it } from 'vitest';
import { type Call, evidenceOf, refused, said, saleOf } from '../../../../test/judge/story.ts';
import { ownership } from '../ownership.ts';

const judged = (...calls: Call[]) => ownership.check(evidenceOf(saleOf({ total: 9 }), calls));
const held = said('reserve', 'ann', [0, 10], { hold: 'a' });
const bought = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'order-a' });

it('makes nobody an owner by a refusal, though it names the thing', () => {
  expect(judged(refused('reserve', 'eve', [0, 5], { hold: 'a' }), held, bought).status).toBe(
    'valid',
  );
  const named = refused('confirm', 'eve', [11, 15], { hold: 'x', order: 'order-a' });
  expect(judged(held, named, bought).status).toBe('valid');
});

it('knows neither owner nor thief where a call has no name', () => {
  const unnamed = { buyer: undefined };
  expect(judged({ ...held, ...unnamed }, bought).status).toBe('valid');
  expect(judged(held, { ...bought, ...unnamed }).status).toBe('valid');
});

it('says that there was no ledger to look at', () => {
  expect(judged(held, bought).summary).toBe(
    'in 2 calls everybody had and used only their own, as far as the answers tell',
  );
});

it('tells of each theft in one line, of five at most', () => {
  const calls = Array.from({ length: 6 }, (_, place): Call[] => [
    said('reserve', 'ann', [place, 10], { hold: `h${place}` }),
    said('release', 'eve', [20 + place, 30], { hold: `h${place}` }),
  ]).flat();
  const { summary, witness } = judged(...calls);
  expect(summary).toContain('6 times: Buyer eve gave back reservation h0');
  const lines = witness?.prose.split('\n').slice(1) ?? [];
  expect(lines).toHaveLength(5);
  expect(lines[0]).toBe(
    '  - Buyer eve gave back reservation h0, which is of buyer ann. ' +
      'Buyer ann asked for 1 unit of SKU-1 at 12:00:00.000 UTC and was told yes at 12:00:00.010 UTC. ' +
      'Buyer eve gave back reservation h0 at 12:00:00.020 UTC and was told yes at 12:00:00.030 UTC',
  );
});
