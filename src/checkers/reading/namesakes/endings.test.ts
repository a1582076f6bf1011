import { describe, expect, it } from 'vitest';
import {
  type Call,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import { eventfulCalls } from '../eventful-calls.ts';
import { createNamelessTest, type Endings, findEndings } from './endings.ts';
import type { Sort } from './names.ts';

const callsOf = (calls: Call[]) => eventfulCalls(evidenceOf(saleOf(), calls).operations);

const endingsIn = (calls: Call[], sort: Sort = 'hold', name = 'h1'): Endings =>
  findEndings(callsOf(calls), (each, wanted) => each === sort && wanted === name)(sort, name);

const held = (facts: Partial<Call> = {}) =>
  said('reserve', 'ann', [0, 5], { hold: 'h1', ...facts });
const back = (times: [number, number], hold = 'h1') => said('release', 'ann', times, { hold });
const ms = 1e6;

describe('a thing', () => {
  it('may have ended when somebody gave it back, from the call to its answer', () => {
    const { mayEnd } = endingsIn([held(), back([10, 20])]);
    expect(mayEnd(20 * ms, 30 * ms)).toBe(true);
    expect(mayEnd(21 * ms, 30 * ms)).toBe(false);
    expect(mayEnd(0, 10 * ms)).toBe(true);
    expect(mayEnd(0, 9 * ms)).toBe(false);
  });

  it('has not ended where nobody gave it back, or another one', () => {
    expect(endingsIn([held()]).mayEnd(0, 99 * ms)).toBe(false);
    expect(endingsIn([held(), back([10, 20], 'h2')]).mayEnd(0, 99 * ms)).toBe(false);
  });

  it('may have ended by a call without an answer, made before others that were answered', () => {
    const calls = [
      held(),
      unanswered('release', 'ann', 10, { hold: 'h1' }),
      back([20, 30]),
      back([22, 24]),
    ];
    expect(endingsIn(calls).mayEnd(40 * ms, 50 * ms)).toBe(true);
    expect(endingsIn([held(), ...calls.slice(2)]).mayEnd(26 * ms, 28 * ms)).toBe(true);
  });

  it('ended by one call if no other can have done it', () => {
    const calls = [held(), back([10, 20]), back([40, 50])];
    const { onlyEnd } = endingsIn(calls);
    expect(onlyEnd(0, 30 * ms)).toMatchObject({ invokedAtNs: 10 * ms });
    expect(onlyEnd(0, 60 * ms)).toBeUndefined();
    expect(onlyEnd(60 * ms, 70 * ms)).toBeUndefined();
    const lost = unanswered('release', 'ann', 6, { hold: 'h1' });
    const afterwards = endingsIn([held(), lost, back([10, 20])]).onlyEnd(30 * ms, 40 * ms);
    expect(afterwards).toMatchObject({ outcome: 'info' });
  });

  it('may have been sold by a checkout of its hold that was not refused', () => {
    const paid = said('confirm', 'ann', [10, 20], { hold: 'h1', order: 'o1' });
    expect(endingsIn([held(), paid]).maySell(0, 15 * ms)).toBe(true);
    const no = refused('confirm', 'ann', [10, 20], { hold: 'h1', code: 'HOLD_EXPIRED' });
    expect(endingsIn([held(), no]).maySell(0, 15 * ms)).toBe(false);
    expect(endingsIn([held({ order: 'h1' }), paid], 'order').maySell(0, 15 * ms)).toBe(false);
  });

  it('was not sold but had ended where a checkout is answered with another hold, which is sold', () => {
    const late = said('confirm', 'ann', [10, 20], { hold: 'h1', newHold: 'h2', order: 'o2' });
    const { maySell, mayEnd, onlyEnd, sales, ends } = endingsIn([held(), late]);
    expect(maySell(0, 30 * ms)).toBe(false);
    expect(sales.before(30 * ms)).toBeUndefined();
    expect(mayEnd(0, 15 * ms)).toBe(true);
    expect(onlyEnd(0, 30 * ms)).toMatchObject({ order: 'o2' });
    expect(ends.before(30 * ms)).toMatchObject({ order: 'o2' });
    const second = endingsIn([held(), late], 'hold', 'h2');
    expect(second.maySell(0, 30 * ms)).toBe(true);
    expect(second.mayEnd(0, 30 * ms)).toBe(false);
  });

  it('has not ended as an order where its checkout is told again without the new hold', () => {
    const late = said('confirm', 'ann', [10, 12], { hold: 'h2', newHold: 'h3', order: 'h1' });
    const again = said('confirm', 'ann', [20, 22], { hold: 'h2', order: 'h1' });
    expect(endingsIn([late, again], 'order').mayEnd(0, 50 * ms)).toBe(false);
  });

  it('is not ended by the name of an order that is for another hold', () => {
    const late = said('confirm', 'ann', [10, 12], { hold: 'h1', newHold: 'h2', order: 'o2' });
    const cancel = said('cancel', 'ann', [30, 40], { order: 'o2' });
    expect(endingsIn([held(), late, cancel]).mayEnd(25 * ms, 50 * ms)).toBe(false);
    expect(endingsIn([held(), late, cancel], 'hold', 'h2').mayEnd(25 * ms, 50 * ms)).toBe(true);
  });

  it('is ended by the name of its order, but not by that of an order which was refused', () => {
    const cancel = said('cancel', 'ann', [30, 40], { order: 'o1' });
    const paid = said('confirm', 'ann', [10, 20], { hold: 'h1', order: 'o1' });
    expect(endingsIn([held(), paid, cancel]).mayEnd(25 * ms, 50 * ms)).toBe(true);
    const no = refused('confirm', 'ann', [10, 20], { hold: 'h1', order: 'o1', code: 'DECLINED' });
    expect(endingsIn([held(), no, cancel]).mayEnd(25 * ms, 50 * ms)).toBe(false);
  });
});

describe('the sales and ends that are sure', () => {
  it('are those that were answered yes', () => {
    const paid = said('confirm', 'ann', [10, 12], { hold: 'h1', order: 'o1' });
    const sure = endingsIn([held(), paid, back([20, 22])]);
    expect(sure.sales.before(30 * ms)).toMatchObject({ order: 'o1' });
    expect(sure.sales.after(9 * ms)).toMatchObject({ order: 'o1' });
    expect(sure.ends.before(30 * ms)).toMatchObject({ kind: 'release' });
    const lost = endingsIn([
      held(),
      unanswered('confirm', 'ann', 10, { hold: 'h1' }),
      unanswered('release', 'ann', 20, { hold: 'h1' }),
    ]);
    expect(lost.sales.before(30 * ms)).toBeUndefined();
    expect(lost.ends.before(30 * ms)).toBeUndefined();
  });
});

describe('a buyer who names nothing', () => {
  it('may have given back whatever they had, from the call on', () => {
    const isBy = createNamelessTest(callsOf([said('release', 'ann', [10, 12])]));
    expect(isBy('ann', 10 * ms)).toBe(true);
    expect(isBy('ann', 9 * ms)).toBe(false);
    expect(isBy('bob', 99 * ms)).toBe(false);
  });

  it('is somebody else than one who names an order or a hold, or asks for something else', () => {
    for (const call of [
      said('cancel', 'ann', [10, 12], { order: 'o9' }),
      back([10, 12], 'h9'),
      said('reserve', 'ann', [10, 12]),
    ]) {
      expect(createNamelessTest(callsOf([call]))('ann', 99 * ms)).toBe(false);
    }
  });

  it('may be anybody where the call does not tell who it is', () => {
    const isBy = createNamelessTest(
      callsOf([said('release', 'ann', [10, 12], { buyer: undefined })]),
    );
    expect(isBy('bob', 10 * ms)).toBe(true);
  });
});
