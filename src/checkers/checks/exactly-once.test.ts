import { describe, expect, it } from 'vitest';
import { CAMPAIGN } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import {
  booksOf,
  evidenceOf,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../test/judge/story.ts';
import { judge } from '../verdict.ts';
import { exactlyOnce } from './exactly-once.ts';

const sale = saleOf({ total: 2 });
const { check } = exactlyOnce;

describe('exactly-once', () => {
  const key = { idempotencyKey: 'wish-1' };
  const once = booksOf(sale, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-1' }]);

  it('is skipped when no call carries a key', () => {
    expect(check(evidenceOf(sale, CAMPAIGN)).status).toBe('skipped');
  });

  it('finds nothing where all answers are the first one', () => {
    const calls = [
      unanswered('reserve', 'ann', 0, { ...key, callId: 'try-1' }),
      refused('reserve', 'ann', [1, 2], { ...key, callId: 'try-2', code: 'IN_FLIGHT' }),
      said('reserve', 'ann', [3, 4], { ...key, callId: 'try-3', hold: 'a' }),
      said('reserve', 'ann', [5, 6], { ...key, callId: 'try-4', hold: 'a' }),
    ];
    const evidence = evidenceOf(sale, calls, { ledger: once });
    expect(check(evidence).summary).toBe(
      '1 key, 1 of them sent more than once, had one effect each',
    );
    expect(judge(evidence).checks.filter(({ status }) => status === 'invalid')).toEqual([]);
  });

  it('finds two answers, two effects, and a yes without any', () => {
    const two = [
      said('reserve', 'ann', [0, 1], { ...key, callId: 'try-1', hold: 'a' }),
      said('reserve', 'ann', [2, 3], { ...key, callId: 'try-2', hold: 'b' }),
    ];
    expect(check(evidenceOf(sale, two)).summary).toContain('two different reservations');
    const lost = two.map((call) => ({ ...call, hold: undefined }));
    const twice = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-1' },
      { kind: 'RESERVED', hold: 'b', buyer: 'ann', callId: 'try-2' },
    ]);
    expect(check(evidenceOf(sale, lost, { ledger: twice })).summary).toContain('had 2 effects');
    const other = booksOf(sale, [{ kind: 'RESERVED', hold: 'z', buyer: 'zoe', callId: 'try-z' }]);
    expect(check(evidenceOf(sale, lost, { ledger: other })).summary).toContain('no effect of them');
  });

  it('finds a no after the yes, but not one before it, nor one to a caller over the rate limit', () => {
    const yes = said('reserve', 'ann', [5, 9], { ...key, hold: 'a' });
    const no = (times: [number, number], status = 409) =>
      evidenceOf(sale, [
        yes,
        refused('reserve', 'ann', times, { ...key, status, code: 'ALREADY_RESERVED' }),
      ]);
    expect(check(no([10, 11])).summary).toContain('were answered yes, and later no');
    expect(check(no([6, 11])).status).toBe('valid');
    expect(check(no([10, 11], 429)).status).toBe('valid');
  });

  it('is unknown when a call without an answer may have had a second effect', () => {
    const calls = [
      said('reserve', 'ann', [0, 1], { ...key, callId: 'try-1', hold: 'a' }),
      unanswered('reserve', 'ann', 2, { ...key, callId: 'try-2' }),
    ];
    const { status, witness } = check(evidenceOf(sale, calls));
    expect(status).toBe('unknown');
    expect(witness?.operations).toHaveLength(2);
    const nameless = booksOf(sale, [{ kind: 'RESERVED', hold: 'a', buyer: 'ann' }]);
    expect(check(evidenceOf(sale, calls, { ledger: nameless })).status).toBe('unknown');
    expect(check(evidenceOf(sale, calls, { ledger: once })).status).toBe('valid');
    expect(check(evidenceOf(sale, calls.slice(1))).status).toBe('valid');
  });

  it('is unknown for each kind of call whose rows the target does not keep', () => {
    const kinds = [
      'reserve',
      'confirm',
      'release',
      'cancel',
      'register',
      'redeem',
      'attempt',
    ] as const;
    for (const kind of kinds) {
      const calls = [unanswered(kind, 'ann', 0, key), unanswered(kind, 'ann', 1, key)];
      const onlyStock = { ...sale, evidence: { ...sale.evidence, ledger: ['inventory' as const] } };
      expect(check(evidenceOf(onlyStock, calls, { ledger: once })).status, kind).toBe('unknown');
    }
    const reads = [unanswered('read', 'ann', 0, key), unanswered('read', 'ann', 1, key)];
    expect(check(evidenceOf(sale, reads)).status).toBe('valid');
  });

  it('does not mistake the same key of two buyers for one wish', () => {
    const calls = [
      said('reserve', 'ann', [0, 1], { ...key, hold: 'a' }),
      said('reserve', 'bob', [2, 3], { ...key, hold: 'b' }),
    ];
    expect(check(evidenceOf(sale, calls)).status).toBe('valid');
  });
});

itCatches(exactlyOnce, ['ignored-key']);
