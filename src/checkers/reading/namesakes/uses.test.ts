import { describe, expect, it } from 'vitest';
import { type Call, evidenceOf, said, saleOf, unanswered } from '../../../../test/judge/story.ts';
import type { Operation } from '../../../history/operation.ts';
import type { Thing } from './things.ts';
import { createUntoldTest, createUseSearch } from './uses.ts';

const thing = (
  name: string,
  [fromMs, toldMs]: [number, number],
  facts: Partial<Thing> = {},
): Thing => ({
  ...{ name, sku: 'SKU-1', buyer: 'ann', fromNs: fromMs * 1e6, toldNs: toldMs * 1e6 },
  ...{ givenTo: [], endedBy: undefined, isOther: true },
  ...facts,
});

/** The name of the thing that a release of Ann's is about. */
const meant = (things: Thing[], times: [number, number], facts: Partial<Call> = {}) =>
  createUseSearch(
    things,
    () => false,
  )({ ...said('release', 'ann', times, facts), id: 1 } as Operation)?.name;

const unnamed = { sku: undefined };

it('nobody may have got something untold who asked for nothing', () => {
  const open = { ...unanswered('release', 'ann', 10), id: 1 } as Operation;
  expect(createUntoldTest([open])(open)).toBe(false);
  const asked = { ...unanswered('reserve', 'ann', 5), id: 2 } as Operation;
  expect(createUntoldTest([asked, open])(open)).toBe(true);
});

describe('a call that names several things', () => {
  const two = [thing('first', [0, 5]), thing('second', [20, 25])];

  it('is about the last one that was given before it', () => {
    expect(meant(two, [10, 19])).toBe('first');
    expect(meant(two, [26, 30])).toBe('second');
    expect(meant(two, [26, 30], unnamed)).toBe('second');
  });

  it('may be about either if the name was given again meanwhile', () => {
    expect(meant(two, [10, 20])).toBeUndefined();
    expect(meant(two, [25, 30])).toBeUndefined();
  });

  it('is about one of its SKU', () => {
    const other = [thing('first', [0, 5]), thing('second', [20, 25], { sku: 'SKU-2' })];
    expect(meant(other, [30, 35])).toBe('first');
    expect(meant(other, [30, 35], { sku: 'SKU-2' })).toBe('second');
    expect(meant(other, [30, 35], { sku: 'SKU-3' })).toBeUndefined();
    expect(meant(other, [30, 35], unnamed)).toBeUndefined();
  });

  it('may be about one whose SKU nobody was told', () => {
    const untold = [thing('first', [0, 5]), thing('second', [20, 25], unnamed)];
    expect(meant(untold, [30, 35])).toBe('second');
    expect(meant(untold, [30, 35], unnamed)).toBeUndefined();
    const before = [thing('first', [0, 5], unnamed), thing('second', [20, 25])];
    expect(meant(before, [30, 35])).toBe('second');
  });

  it('is about the one of its buyer, or anybody’s if its buyer had none', () => {
    const bobs = [thing('first', [0, 5]), thing('second', [20, 25], { buyer: 'bob' })];
    expect(meant(bobs, [30, 35])).toBe('first');
    expect(meant(bobs, [30, 35], { buyer: 'eve' })).toBe('second');
  });

  it('is about the one that it ended, whenever that was', () => {
    const call = { ...said('release', 'ann', [10, 22]), id: 1 } as Operation;
    const ended = [thing('first', [0, 5], { endedBy: call }), thing('second', [20, 25])];
    expect(createUseSearch(ended, () => false)(call)?.name).toBe('first');
  });

  it('is about nobody’s if its buyer may have got another one without an answer', () => {
    const call = (facts: Partial<Call>) => ({ ...said('cancel', 'eve', [30, 35], facts), id: 1 });
    const meantBy = (lost: Call, facts: Partial<Call> = {}) =>
      createUseSearch(two, createUntoldTest(evidenceOf(saleOf(), [lost]).operations))(call(facts))
        ?.name;
    for (const kind of ['confirm', 'reserve', 'buy'] as const) {
      expect(meantBy(unanswered(kind, 'eve', 20))).toBeUndefined();
    }
    expect(meantBy(unanswered('confirm', 'eve', 20), { buyer: 'ann' })).toBe('second');
    expect(meantBy(unanswered('release', 'eve', 20))).toBe('second');
    expect(meantBy(unanswered('confirm', 'eve', 36))).toBe('second');
    expect(meantBy(unanswered('confirm', 'bob', 20))).toBe('second');
    expect(meantBy(said('confirm', 'eve', [20, 25]))).toBe('second');
  });
});
