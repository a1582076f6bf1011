import { describe, expect, it } from 'vitest';
import { type Call, evidenceOf, said, saleOf, unanswered } from '../../../../test/judge/story.ts';
import { neverOversold } from '../never-oversold.ts';

const judged = (total: number, calls: Call[]) =>
  neverOversold.check(evidenceOf(saleOf({ total }), calls));

describe('the witness of an oversell by the answers', () => {
  it('numbers the units, and marks those beyond the total only', () => {
    const { witness } = judged(5, [
      said('reserve', 'ann', [0, 10], { quantity: 3 }),
      said('reserve', 'bob', [0, 11], { quantity: 2 }),
      said('reserve', 'cid', [0, 12]),
    ]);
    expect(witness?.prose.split('\n').slice(1)).toEqual([
      '  - units 1–3: Buyer ann asked for 3 units of SKU-1 at 12:00:00.000 UTC and was told yes at 12:00:00.010 UTC',
      '  - units 4–5: Buyer bob asked for 2 units of SKU-1 at 12:00:00.000 UTC and was told yes at 12:00:00.011 UTC',
      '  - unit 6: Buyer cid asked for 1 unit of SKU-1 at 12:00:00.000 UTC and was told yes at 12:00:00.012 UTC — 1 unit too many',
    ]);
  });

  it('shows the one reservation that takes more than the only unit', () => {
    const { status, witness } = judged(1, [said('reserve', 'ann', [0, 10], { quantity: 2 })]);
    expect(status).toBe('invalid');
    expect(witness?.prose).toContain('units 1–2: Buyer ann');
  });

  it('names nobody where the first of two has no name, and says so where both are the same', () => {
    const toldTwice = (first: string | undefined, second: string | undefined) =>
      judged(1, [
        said('reserve', 'ann', [0, 10], { buyer: first }),
        said('reserve', 'bob', [1, 11], { buyer: second }),
      ]).witness?.prose;
    expect(toldTwice(undefined, 'bob')).toMatch(/, and the first had not given it back\.$/);
    expect(toldTwice('ann', undefined)).toMatch(/, and buyer ann had not given it back\.$/);
    const again = toldTwice('ann', 'ann');
    expect(again).toContain('; buyer ann, the same, was told again at');
    expect(again).toMatch(/, and the first had not given it back\.$/);
  });

  it('tells of the worst moment only when it was worse than the first', () => {
    const held = (buyers: number) =>
      judged(
        2,
        Array.from({ length: buyers }, (_, place) => said('reserve', `b${place}`, [0, 10 + place])),
      ).witness?.prose;
    expect(held(3)).not.toContain('At the worst moment');
    expect(held(4)).toMatch(/\nAt the worst moment 4 units were held at once\.$/);
  });
});

describe('the witness of a possible oversell', () => {
  const shownIn = (calls: Call[]) => {
    const { status, witness } = judged(1, calls);
    expect(status).toBe('unknown');
    return witness?.operations.map(({ kind, buyer }) => `${kind} ${buyer}`);
  };

  it('shows the call without an answer, and no release or checkout that was answered', () => {
    expect(
      shownIn([
        said('reserve', 'ann', [0, 10], { hold: 'a' }),
        said('confirm', 'ann', [11, 12], { hold: 'a' }),
        said('release', 'ann', [50, 60], { hold: 'a' }),
        unanswered('reserve', 'bob', 20),
      ]),
    ).toEqual(['reserve bob']);
  });

  it('shows a checkout without an answer that may have kept a lapsed hold', () => {
    expect(
      shownIn([
        said('reserve', 'ann', [0, 10], { hold: 'a' }),
        unanswered('confirm', 'ann', 900, { hold: 'a' }),
        said('reserve', 'bob', [2_000, 2_010]),
      ]),
    ).toEqual(['confirm ann']);
  });

  it('shows a cancellation without an answer that may not have given anything back', () => {
    expect(
      shownIn([
        said('reserve', 'ann', [0, 10], { hold: 'a' }),
        unanswered('release', 'ann', 20, { hold: 'a' }),
        said('reserve', 'bob', [30, 40]),
      ]),
    ).toEqual(['release ann']);
  });

  it('says how many calls it leaves out', () => {
    const doubtful = (calls: number) =>
      judged(
        calls - 1,
        Array.from({ length: calls }, (_, place) => unanswered('reserve', `b${place}`, place)),
      ).witness?.prose.split('\n');
    expect(doubtful(10)?.[0]).toMatch(/with call ids, would settle 10 calls:$/);
    expect(doubtful(10)).toHaveLength(1 + 10);
    expect(doubtful(11)?.[0]).toMatch(/would settle 11 calls, of which the first 10:$/);
    expect(doubtful(11)).toHaveLength(1 + 10);
  });
});
