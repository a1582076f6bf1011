import { describe, expect, it } from 'vitest';
import { booksOf, evidenceOf, saleOf } from '../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { indexLedger, type LedgerIndex } from './ledger-index.ts';
import { resolutionUsOf } from './ledger-times.ts';

describe('the resolution of a ledger', () => {
  const sale = saleOf({ total: 9, holdTtlMs: 2_000 });
  const resolutionWith = (edit: (ledger: LedgerSnapshot) => void) => {
    const ledger = booksOf(sale, [
      { kind: 'RESERVED', hold: 'a', buyer: 'ann', atMs: 3_000 },
      { kind: 'EXPIRED', hold: 'a', buyer: 'ann', atMs: 5_000 },
    ]);
    edit(ledger);
    return resolutionUsOf(indexLedger(evidenceOf(sale, [], { ledger })).index as LedgerIndex);
  };
  const at = (digits: string) => `2026-01-01T12:00:03.${digits}Z`;

  it('is the greatest power of ten, up to a second, of which all its times are multiples', () => {
    expect(resolutionWith(() => {})).toBe(1_000_000);
    const withMovement = (digits: string) =>
      resolutionWith(({ movements }) => Object.assign(movements[1] as object, { at: at(digits) }));
    expect(withMovement('1')).toBe(100_000);
    expect(withMovement('120')).toBe(10_000);
    expect(withMovement('123')).toBe(1_000);
    expect(withMovement('123456')).toBe(1);
  });

  it('is that of the reservations as well', () => {
    const withReservation = (row: object) =>
      resolutionWith(({ reservations }) => Object.assign(reservations[0] as object, row));
    expect(withReservation({ createdAt: at('123') })).toBe(1_000);
    expect(withReservation({ expiresAt: at('12') })).toBe(10_000);
    expect(withReservation({ createdAt: at('000001') })).toBe(1);
  });
});
