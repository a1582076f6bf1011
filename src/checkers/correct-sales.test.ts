import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitrarySale } from '../../test/judge/arbitrary-sale.ts';
import { emptyLedger, LIST_OF_KIND } from '../history/ledger-snapshot.ts';
import { LedgerRowKind } from '../protocol/ledger.ts';
import { simulateSale } from '../simulation/simulate-sale.ts';
import type { Evidence } from './evidence.ts';
import { judge } from './verdict.ts';

const alarms = (evidence: Evidence) =>
  judge(evidence)
    .checks.filter(({ status }) => status === 'invalid')
    .map(({ name, summary, witness }) => ({ name, summary, prose: witness?.prose }));

/** The same sales in every run: a failure has to be the fault of the change that is tested. */
const SEED = 20260101;

describe('a sale by a ledger that makes no mistakes', { timeout: 240_000 }, () => {
  it('makes no check invalid, whatever buyers, network and processes do', () => {
    fc.assert(
      fc.property(arbitrarySale, (options) => {
        expect(alarms(simulateSale(options).evidence)).toEqual([]);
      }),
      { numRuns: 300, seed: SEED },
    );
  });

  it('leaves nothing undecided when the final ledger can be read', () => {
    fc.assert(
      fc.property(arbitrarySale, (options) => {
        const { checks, missing } = judge(simulateSale(options).evidence);
        expect(checks.filter(({ status }) => status === 'unknown')).toEqual([]);
        // A killed instance cannot be scraped at the end.
        if (!options.isKilled) expect(missing).toEqual([]);
      }),
      { numRuns: 100, seed: SEED },
    );
  });

  it('makes no check invalid from the answers alone, without ledger, metrics, call ids or numbers', () => {
    fc.assert(
      fc.property(arbitrarySale, (options) => {
        const { sale, operations } = simulateSale(options).evidence;
        const blackBox = operations.map((operation) => ({
          ...operation,
          callId: undefined,
          sequence: undefined,
        }));
        expect(alarms({ sale, operations: blackBox })).toEqual([]);
      }),
      { numRuns: 200, seed: SEED },
    );
  });

  it('makes no check invalid when the ledger stores no call ids', () => {
    fc.assert(
      fc.property(arbitrarySale, (options) => {
        const { evidence } = simulateSale(options);
        for (const row of evidence.ledger?.reservations ?? []) row.callId = null;
        for (const row of evidence.ledger?.orders ?? []) row.callId = null;
        expect(alarms(evidence)).toEqual([]);
      }),
      { numRuns: 200, seed: SEED },
    );
  });

  it('makes no check invalid, and none fail, whatever kinds of rows the target keeps', () => {
    const kinds = fc.subarray([...LedgerRowKind.options]);
    fc.assert(
      fc.property(arbitrarySale, kinds, fc.boolean(), (options, kept, isAllGiven) => {
        const { evidence } = simulateSale(options);
        const { sale, ledger = emptyLedger() } = evidence;
        const given = { ...ledger };
        for (const kind of LedgerRowKind.options) {
          if (!kept.includes(kind) && !isAllGiven) given[LIST_OF_KIND[kind]] = [];
        }
        const manifest = { ...sale.evidence, ledger: kept };
        const partial = { ...evidence, ledger: given, sale: { ...sale, evidence: manifest } };
        expect(alarms(partial)).toEqual([]);
        const failed = judge(partial).checks.filter(({ summary }) => /failed/.test(summary));
        expect(failed).toEqual([]);
      }),
      { numRuns: 300, seed: SEED },
    );
  });

  it('makes no check invalid from a history that breaks off anywhere', () => {
    fc.assert(
      fc.property(arbitrarySale, fc.double({ min: 0, max: 1, noNaN: true }), (options, share) => {
        const { sale, operations } = simulateSale(options).evidence;
        const end = operations.at(-1)?.invokedAtNs ?? 0;
        const cutNs = share * end;
        const recorded = operations
          .filter(({ invokedAtNs }) => invokedAtNs <= cutNs)
          .map((operation) =>
            operation.completedAtNs <= cutNs
              ? operation
              : {
                  ...operation,
                  outcome: 'info' as const,
                  completedAtNs: Number.POSITIVE_INFINITY,
                  hold: operation.kind === 'reserve' ? undefined : operation.hold,
                  sequence: undefined,
                },
          );
        const verdict = judge({ sale, operations: recorded, truncated: true });
        expect(verdict.checks.filter(({ status }) => status === 'invalid')).toEqual([]);
        expect(verdict.status).not.toBe('valid');
      }),
      { numRuns: 200, seed: SEED },
    );
  });
});
