import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { type Call, evidenceOf, refused, said, unanswered } from '../../../test/judge/story.ts';
import { ofSomeLine } from '../../history/operation.ts';
import { check, givenBack, held, sale, statusOf } from './no-false-refusal/testing/refusals.ts';
import { noFalseRefusal } from './no-false-refusal.ts';

describe('no-false-refusal', () => {
  it('leaves refusals alone that say nothing about the sale, and "sold out" to its own check', () => {
    for (const code of ['VALIDATION_FAILED', 'UNAUTHENTICATED', 'RATE_LIMITED', 'OUT_OF_STOCK']) {
      expect(statusOf(refused('reserve', 'ann', [0, 1], { code }))).toBe('skipped');
    }
  });

  it('knows the codes of the target alone, from the facts of the sale', () => {
    const german = { ...sale, refusals: { SCHON_RESERVIERT: 'has-hold' as const } };
    const call = (code: string) => refused('reserve', 'ann', [0, 1], { code });
    const judged = (code: string) => check(evidenceOf(german, [call(code)])).status;
    expect(judged('SCHON_RESERVIERT')).toBe('invalid');
    expect(judged('ALREADY_RESERVED')).toBe('skipped');
  });

  it('tells who was refused with what, and why it was false', () => {
    const { summary, witness } = check(
      evidenceOf(sale, [
        held,
        givenBack,
        refused('reserve', 'ann', [40, 50], { code: 'ALREADY_RESERVED' }),
      ]),
    );
    expect(summary).toBe(
      '1 refusal of 1 false: ALREADY_RESERVED, but the buyer cannot have had a hold of SKU-1 at any moment of the call',
    );
    expect(witness?.prose).toContain('Buyer ann asked for 1 unit of SKU-1 at 12:00:00.040');
    expect(witness?.operations.map(({ kind }) => kind)).toEqual(['reserve', 'reserve']);
  });
});

it('asks if a reason that a target file gives is the only one', () => {
  const refusals = { 'has-bought': 'has-bought', TWICE: 'has-bought' } as const;
  const ofFile = { ...sale, refusals };
  const call = refused('reserve', 'ann', [0, 1], { code: 'has-bought' });
  const adviceOn = (...calls: Call[]) =>
    check(evidenceOf(ofFile, calls)).witness?.prose.split('\n').at(-1);
  expect(adviceOn(call)).toMatch(/^If the shop .* leave `reason` out of its rule/);
  const ofCode = refused('reserve', 'bob', [0, 1], { code: 'TWICE' });
  expect(adviceOn(ofCode, call)).toMatch(/^If the shop .* leave `reason` out of its rule/);
  expect(adviceOn(ofCode)).toContain('Buyer bob asked for 1 unit');
});

describe('a basket that is refused without a word of which line', () => {
  const lines = (code: string) =>
    ['SKU-1', 'SKU-2'].map((sku) =>
      refused('reserve', 'ann', [5, 15], { sku, basket: 'b', code: ofSomeLine(code) }),
    );
  const skus = ['SKU-1', 'SKU-2'].map((skuId) => ({ skuId, total: 5 }));

  it('is refused falsely if no line has the reason', () => {
    const { summary, witness } = check(evidenceOf({ ...sale, skus }, lines('ALREADY_RESERVED')));
    expect(summary).toBe(
      '1 refusal of 1 false: ALREADY_RESERVED, of some line, but the buyer cannot have had a hold of SKU-1 at any moment of the call, and the buyer cannot have had a hold of SKU-2 at any moment of the call',
    );
    expect(witness?.operations).toHaveLength(2);
  });

  it('may be refused for a line that has it', () => {
    expect(statusOf(held, ...lines('ALREADY_RESERVED'))).toBe('valid');
    expect(statusOf(held, ...lines('ALREADY_PURCHASED'))).toBe('invalid');
  });

  it('may be refused as a whole because one of its orders has ended', () => {
    const bought = ['a', 'b'].map((order) =>
      said('confirm', 'ann', [0, 4], { order, hold: order, basket: 'b' }),
    );
    const refusal = ['a', 'b'].map((order) =>
      refused('cancel', 'ann', [5, 15], { order, basket: 'c', code: 'ORDER_NOT_CANCELLABLE' }),
    );
    const cancel = (order: string, fromMs: number) =>
      said('cancel', 'ann', [fromMs, fromMs + 2], { order });
    expect(statusOf(...bought, ...refusal, cancel('a', 14), cancel('b', 16))).toBe('valid');
    expect(statusOf(...bought, ...refusal, cancel('a', 16), cancel('b', 18))).toBe('invalid');
    expect(statusOf(...bought, ...refusal.slice(1), cancel('b', 16))).toBe('invalid');
  });

  it('is no matter of this check where it is sold out, or has too many units together', () => {
    expect(statusOf(...lines('OUT_OF_STOCK'))).toBe('skipped');
    const refusals = { LIMIT: 'above-limit' as const };
    expect(check(evidenceOf({ ...sale, refusals }, lines('LIMIT'))).status).toBe('skipped');
  });

  it('is asked about by the reason of the target file', () => {
    const ofFile = { ...sale, skus, refusals: { 'has-one': 'has-one' as const } };
    const { witness } = check(evidenceOf(ofFile, lines('has-one')));
    expect(witness?.prose).toContain('leave `reason` out of its rule');
  });
});

it('shows five of many, each with its call', () => {
  const times = [0, 1, 2, 3, 4, 5];
  const calls = times.map((atMs) =>
    refused('reserve', `b${atMs}`, [atMs, 10], { code: 'ALREADY_RESERVED' }),
  );
  const { summary, witness } = check(evidenceOf(sale, calls));
  expect(summary).toContain('6 refusals of 6 false');
  expect(witness?.prose.split('\n')).toHaveLength(1 + 5);
  expect(witness?.operations).toHaveLength(5);
});

it('takes a call without an answer for no refusal, whatever its code', () => {
  expect(statusOf(unanswered('reserve', 'ann', 0, { code: 'ALREADY_RESERVED' }))).toBe('skipped');
});

itCatches(noFalseRefusal, [
  'false-already-reserved',
  'false-already-purchased',
  'false-already-attempted',
  'false-expiry',
  'false-not-active',
  'false-not-found',
  'false-order-exists',
  'false-voucher-used',
  'false-already-reserved-of-some-line',
]);
