import type { Operation, SaleFacts } from '../../history/operation.ts';
import { entryOf, groupBy } from '../../kernel/group-by.ts';
import { bulletList, count, skuName } from '../../kernel/wording.ts';
import type { Checker, Witness } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { describeCall, timeOfDay, witnessOperations } from '../prose.ts';
import { totalInBooks } from '../reading/books-total.ts';
import { answersBehind, findDeclined } from '../reading/decided-attempts.ts';
import { createCoverage, highestWithin, windowsOf } from '../reading/highest-within.ts';
import type { Hold } from '../reading/hold.ts';
import { indexLedger } from '../reading/ledger-index.ts';
import { mayBeTakenUnseen } from '../reading/other-people.ts';
import { findPossibleUnits } from '../reading/possible-units.ts';
import { findRefusedBaskets } from '../reading/refused-baskets.ts';
import { availableAt, replaySales } from '../reading/replay.ts';
import { createSoldOutTest } from '../reading/sold-out.ts';
import { findWishes } from '../reading/wishes.ts';
import { findFreeBasket } from './no-false-sold-out/baskets.ts';

/**
 * A buyer turned away with "sold out" although enough units were free during the whole call.
 *
 * There are two proofs. By the answers alone: even if every hold had begun as early and ended as late as the answers
 * allow, enough units were free at every moment between the call and its refusal. By the sequence number in the refusal:
 * the ledger, replayed to that number, had enough units.
 *
 * The units are counted by the total of the final ledger. If the sale has another, that ledger is at fault, not the refusals.
 *
 * A target may refuse from a memory that is a little behind (`refusalLagMs`). Such a refusal carries no number, and the
 * lag counts as part of its call. A call that repeats an Idempotency-Key may get the refusal of the first one again. An
 * attempt that was declined as sold out was refused between its call and the answer that told so. A basket that was refused
 * without a word of which line is sold out was refused falsely if all of them could be had.
 */
export const noFalseSoldOut: Checker = {
  name: 'no-false-sold-out',
  needs: [],
  check(evidence) {
    const { sale } = evidence;
    const isSoldOut = createSoldOutTest(sale);
    const declined = findDeclined(evidence);
    const baskets = findRefusedBaskets(evidence).filter(({ reason }) => reason === 'sold-out');
    let refusals = baskets.length;
    // A million refusals are listed once: by SKU.
    const refusalsBySku = groupBy(evidence.operations, (call) => {
      if (!isSoldOut(call)) return undefined;
      refusals++;
      return call.sku;
    });
    for (const { refusal } of declined) {
      if (!isSoldOut(refusal)) continue;
      refusals++;
      entryOf(refusalsBySku, refusal.sku, () => []).push(refusal);
    }
    if (refusals === 0) {
      return { status: 'skipped', summary: 'nobody was told "sold out"' };
    }
    if (mayBeTakenUnseen(sale, indexLedger(evidence).index)) {
      return {
        status: 'skipped',
        summary: 'other people may have had the units (`nobodyElseBuys` is not set)',
      };
    }
    for (const { skuId } of sale.skus) {
      const total = totalInBooks(skuId, evidence);
      const ofSku = refusalsBySku.get(skuId) ?? [];
      const witness =
        freeAllAlong(skuId, total, ofSku, evidence) ?? freeByNumber(skuId, total, ofSku, evidence);
      if (witness) {
        return {
          status: 'invalid',
          summary: `a buyer was told that ${skuName(skuId)} is sold out while enough units were free`,
          witness,
        };
      }
    }
    const witness = findFreeBasket(baskets, evidence);
    if (witness) {
      return {
        status: 'invalid',
        summary:
          'a buyer was told that some line of a basket is sold out while there was enough of all',
        witness,
      };
    }
    return {
      status: 'valid',
      summary: `each of ${count(refusals, 'refusal')} may have met an empty stock`,
    };
  },
};

function freeAllAlong(
  sku: string,
  total: number,
  refused: Operation[],
  evidence: Evidence,
): Witness | undefined {
  const { sale } = evidence;
  const intervals = findPossibleUnits(sku, evidence);
  const { decidedFromNs } = findWishes(evidence);
  const judgedFromNs = (refusal: Operation): number =>
    decidedFromNs(refusal) - lagMs(refusal, sale) * 1e6;
  // Nearly all refusals begin when the units may be taken, and need no closer look.
  const takenAt = createCoverage(intervals);
  const refusals = refused.filter(
    (refusal) => takenAt(judgedFromNs(refusal)) + refusal.quantity <= total,
  );
  if (refusals.length === 0) return undefined;
  const windows = windowsOf(refusals, judgedFromNs, ({ completedAtNs }) => completedAtNs);
  const taken = highestWithin(intervals, windows);
  const place = refusals.findIndex(
    ({ quantity }, refusal) => (taken[refusal] as number) + quantity <= total,
  );
  const refusal = refusals[place];
  if (refusal === undefined) return undefined;

  const takenAtMost = taken[place] as number;
  const ended = intervals
    .filter(({ untilNs }) => untilNs < judgedFromNs(refusal))
    .sort((a, b) => b.untilNs - a.untilNs)
    .slice(0, 3)
    .flatMap(({ hold, untilNs }): { hold: Hold; untilNs: number }[] =>
      hold === undefined ? [] : [{ hold, untilNs }],
    );
  const lag = lagMs(refusal, sale);
  const prose = bulletList(
    `${skuName(sku)} has ${count(total, 'unit')}. ${describeCall(refusal, sale)}. From ${lag > 0 ? `${lag} ms before ` : ''}the call to the refusal at most ` +
      `${count(takenAtMost, 'unit')} can have been taken, which leaves ${count(total - takenAtMost, 'unit')} free all along.` +
      `${ended.length > 0 ? ' The last that had come back by then:' : ''}`,
    ended.map(
      ({ hold, untilNs }) =>
        `${describeCall(hold.reserve, sale)}; back by ${timeOfDay(untilNs, sale)} (${howEnded(hold)})`,
    ),
  );
  const operations = ended.flatMap(({ hold: { reserve, releases, cancels } }) => [
    reserve,
    ...releases.slice(0, 1),
    ...cancels.slice(0, 1),
  ]);
  return {
    prose,
    operations: witnessOperations([...answersBehind(refusal, evidence), ...operations]),
  };
}

function howEnded({ released, cancelled, decision }: Hold): string {
  if (released === 'yes' || cancelled === 'yes') return 'cancelled';
  return decision?.isYes === false ? 'declined' : 'lapsed';
}

const lagMs = ({ sequence }: Operation, { refusalLagMs = 0 }: SaleFacts): number =>
  sequence === undefined ? refusalLagMs : 0;

function freeByNumber(
  sku: string,
  total: number,
  refusals: Operation[],
  evidence: Evidence,
): Witness | undefined {
  const replay = replaySales(evidence).get(sku);
  if (replay === undefined) return undefined;
  const freeAt = ({ sequence }: Operation): number => {
    const available = sequence === undefined ? undefined : availableAt(replay, sequence);
    return available === undefined ? 0 : available + total - replay.total;
  };
  const refusal = refusals.find((call) => freeAt(call) >= call.quantity);
  if (refusal === undefined) return undefined;
  return {
    prose:
      `${describeCall(refusal, evidence.sale)}. The refusal says it was decided after stock movement ${refusal.sequence} of ${skuName(sku)}; ` +
      `the movements up to that one leave ${count(freeAt(refusal), 'unit')} of ${total} on sale.`,
    operations: [refusal],
  };
}
