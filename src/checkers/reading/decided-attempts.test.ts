import { describe, expect, it } from 'vitest';
import { type Call, evidenceOf, said, saleOf, unanswered } from '../../../test/judge/story.ts';
import { answersBehind, createAttemptReader, findDeclined } from './decided-attempts.ts';

const tried = said('attempt', 'ann', [0, 10], { callId: 'try-a', sequence: 7 });
const told = (decision: string, facts: Partial<Call> = {}, buyer = 'ann') =>
  said('read', buyer, [20, 30], { observed: { decision }, ...facts });
const evidenceWith = (...calls: Call[]) => evidenceOf(saleOf({ total: 2 }), calls);

describe('an attempt that was declined', () => {
  it('is a refusal of the moment at which its buyer was told, with the reason of that answer', () => {
    const reason = { code: 'OUT_OF_STOCK', status: 409 };
    const evidence = evidenceWith(tried, told('FAILED', reason), said('reserve', 'ben', [0, 1]));
    const [declined, ...others] = findDeclined(evidence);
    expect(others).toEqual([]);
    expect(declined?.refusal).toMatchObject({
      ...{ kind: 'attempt', buyer: 'ann', outcome: 'fail', code: 'OUT_OF_STOCK', status: 409 },
      ...{ invokedAtNs: 0, completedAtNs: 30e6 },
    });
    // The number in the answer to the attempt is none of the decision.
    expect(declined?.refusal).not.toHaveProperty('sequence');
    expect(declined?.answers.map(({ kind }) => kind)).toEqual(['attempt', 'read']);
  });

  it('has the reason that its own answer gave, if the one that told it gave none', () => {
    const [declined] = findDeclined(evidenceWith({ ...tried, code: 'QUEUED' }, told('FAILED')));
    expect(declined?.refusal.code).toBe('QUEUED');
  });

  it('was not refused before it was accepted, whenever its buyer was told', () => {
    const slow = { ...tried, completedAtNs: 50e6 };
    expect(findDeclined(evidenceWith(slow, told('FAILED')))[0]?.refusal.completedAtNs).toBe(50e6);
    const lost = unanswered('attempt', 'ann', 0);
    expect(findDeclined(evidenceWith(lost, told('FAILED')))[0]?.refusal.completedAtNs).toBe(30e6);
  });

  it('is none that succeeded, or of which the "no" may be about another one', () => {
    expect(findDeclined(evidenceWith(tried, told('SUCCESS')))).toEqual([]);
    expect(findDeclined(evidenceWith(tried))).toEqual([]);
    const two = evidenceWith(tried, { ...tried, callId: 'try-2' }, told('FAILED'));
    expect(findDeclined(two)).toHaveLength(2);
    const shop = { ...two, sale: { ...two.sale, shop: 'corner-shop' } };
    expect(findDeclined(shop)).toEqual([]);
  });

  it('rests on the answers that tell of it, and any other refusal on itself', () => {
    const evidence = evidenceWith(tried, told('FAILED'), said('attempt', 'ben', [0, 1]), {
      ...told('FAILED', {}, 'ben'),
    });
    const refusals = findDeclined(evidence).map(({ refusal }) => refusal);
    const buyersBehind = refusals.map((refusal) =>
      answersBehind(refusal, evidence).map(({ buyer, kind }) => `${kind} ${buyer}`),
    );
    expect(buyersBehind).toEqual([
      ['attempt ann', 'read ann'],
      ['attempt ben', 'read ben'],
    ]);
    const [other] = evidence.operations as [(typeof evidence.operations)[0]];
    expect(answersBehind(other, evidence)).toEqual([other]);
  });
});

describe('the attempts in a race', () => {
  const raceOf = (total: number, ...calls: Call[]) => {
    const evidence = evidenceWith(...calls);
    const asked = evidence.operations.filter(({ kind }) => kind !== 'read');
    const { calls: decided, isSoldOut } = createAttemptReader(evidence)(asked, total);
    return decided.map(
      (call) => `${call.outcome} ${call.completedAtNs / 1e6}${isSoldOut(call) ? ' sold out' : ''}`,
    );
  };
  const bens = said('attempt', 'ben', [0, 10], { quantity: 2 });

  it('are answered when their buyers were told, and other calls when they were', () => {
    expect(raceOf(2, tried, told('SUCCESS'), said('reserve', 'ben', [0, 9]))).toEqual([
      ...['ok 30', 'ok 9'],
    ]);
    expect(raceOf(2, tried, bens)).toEqual(['ok 10', 'ok 10']);
  });

  it('were declined as sold out if no reason was given, and the others have all units', () => {
    const won = told('SUCCESS', {}, 'ben');
    expect(raceOf(2, tried, bens, told('FAILED'), won)).toEqual(['fail 30 sold out', 'ok 30']);
    expect(raceOf(3, tried, bens, told('FAILED'), won)).toEqual(['fail 30', 'ok 30']);
    expect(raceOf(1, tried, bens, told('FAILED'), won)).toEqual(['fail 30 sold out', 'ok 30']);
    const reason = { code: 'ALREADY_PURCHASED' };
    expect(raceOf(2, tried, bens, told('FAILED', reason), won)).toEqual(['fail 30', 'ok 30']);
    expect(raceOf(1, tried, bens, told('FAILED'), told('FAILED', {}, 'ben'))).toEqual([
      ...['fail 30', 'fail 30'],
    ]);
  });
});
