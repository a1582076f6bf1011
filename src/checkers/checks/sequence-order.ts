import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { count, shortId, skuName } from '../../kernel/wording.ts';
import type { Checker, Witness } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { describeCall, witnessOfCalls } from '../prose.ts';
import { countUpTo } from '../reading/count-up-to.ts';
import { eventfulCalls } from '../reading/eventful-calls.ts';
import { findHolds } from '../reading/holds.ts';
import { indexLedger } from '../reading/ledger-index.ts';
import { isNumberedChange, mayMake, movementOf } from '../reading/replay.ts';
import { findWishes } from '../reading/wishes.ts';

/**
 * Sequence numbers that cannot be the order of events: one number given to two changes; a change whose number is not
 * higher than a number answered before the change was asked for; a number that the ledger gave to another change. A replay
 * by numbers proves something only if this order holds.
 */
export const sequenceOrder: Checker = {
  name: 'sequence-order',
  needs: ['sequences'],
  check(evidence) {
    const { byId } = findHolds(evidence);
    const skuOf = ({ sku, hold }: Operation): string | undefined =>
      sku ?? (hold === undefined ? undefined : byId.get(hold)?.sku);
    // A repeated call that gets the same answer again makes no change of its own.
    let numbered = 0;
    const bySku = groupBy(findWishes(evidence).calls, (call) => {
      if (call.sequence === undefined) return undefined;
      numbered++;
      return skuOf(call);
    });
    if (numbered === 0) {
      return { status: 'skipped', summary: 'the answers carry no sequence numbers' };
    }
    for (const [sku, operations] of bySku) {
      const changes = eventfulCalls(operations).filter(isNumberedChange);
      const witness =
        givenTwice(sku, changes, evidence) ??
        againstTime(sku, operations, changes, evidence) ??
        otherInLedger(sku, changes, evidence);
      if (witness !== undefined) {
        return {
          status: 'invalid',
          summary: `the sequence numbers of ${skuName(sku)} are not the order in which its stock changed`,
          witness,
        };
      }
    }
    return {
      status: 'valid',
      summary: `${count(numbered, 'sequence number')} respect the order of the calls`,
    };
  },
};

function givenTwice(sku: string, changes: Operation[], evidence: Evidence): Witness | undefined {
  const numbers = Float64Array.from(changes, numberOf).sort();
  if (numbers.every((number, place) => number !== numbers[place - 1])) return undefined;
  const byNumber = groupBy(changes, ({ sequence }) => sequence);
  for (const [sequence, same] of byNumber) {
    if (same.length === 1) continue;
    return witnessOfCalls(
      `Stock movement ${sequence} of ${skuName(sku)} was given to ${count(same.length, 'change')}; each has a number of its own:`,
      same,
      evidence.sale,
    );
  }
  return undefined;
}

function againstTime(
  sku: string,
  operations: Operation[],
  changes: Operation[],
  evidence: Evidence,
): Witness | undefined {
  const answeredBefore = highestAnswers(operations, changes);
  let highest: Operation | undefined;
  for (const [place, change] of changes.entries()) {
    highest = higherOf(highest, answeredBefore[place]);
    if (highest === undefined || numberOf(change) > numberOf(highest)) continue;
    return witnessOfCalls(
      `The second call was made after the first was answered, but its change of ${skuName(sku)} has number ${change.sequence}, which is not after ${highest.sequence}:`,
      [highest, change],
      evidence.sale,
    );
  }
  return undefined;
}

/** For each change, the answer of the highest number among those that came after the change before it was asked for. */
function highestAnswers(operations: Operation[], changes: Operation[]): (Operation | undefined)[] {
  const invokedAtNs = Float64Array.from(changes, (change) => change.invokedAtNs);
  // One place more, for the answers that came before no change.
  const highest = new Array<Operation | undefined>(changes.length + 1).fill(undefined);
  for (const answer of operations) {
    // On a tie calls come before answers, so an answer of the same nanosecond was not there yet.
    const place = countUpTo(invokedAtNs, answer.completedAtNs);
    highest[place] = higherOf(highest[place], answer);
  }
  return highest;
}

/** The answer of the higher number; of two that carry the same, the earlier. */
function higherOf(a: Operation | undefined, b: Operation | undefined): Operation | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const higher = numberOf(b) - numberOf(a);
  return higher > 0 || (higher === 0 && b.completedAtNs < a.completedAtNs) ? b : a;
}

const numberOf = ({ sequence }: Operation): number => sequence as number;

function otherInLedger(sku: string, changes: Operation[], evidence: Evidence): Witness | undefined {
  const movements = indexLedger(evidence).index?.movementsBySku.get(sku) ?? [];
  if (movements.length === 0) return undefined;
  const numbers = Float64Array.from(movements, ({ sequence }) => sequence);
  for (const call of changes) {
    const last = movements[countUpTo(numbers, numberOf(call)) - 1];
    const movement = last?.sequence === call.sequence ? last : undefined;
    const isSame =
      movement !== undefined &&
      mayMake(call, movement.kind) &&
      (call.hold === undefined ||
        movement.reservationId === call.hold ||
        movement.reservationId === call.newHold);
    if (isSame) continue;
    const instead =
      movement === undefined
        ? 'has no such movement'
        : `has ${movement.kind} of reservation ${shortId(movement.reservationId)} there`;
    return {
      prose: `${describeCall(call, evidence.sale)} as stock movement ${call.sequence} of ${skuName(sku)} (${movementOf(call)} of reservation ${shortId(call.hold)}), but the final ledger ${instead}.`,
      operations: [call],
    };
  }
  return undefined;
}
