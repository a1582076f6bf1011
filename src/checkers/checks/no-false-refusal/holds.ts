import type { Operation } from '../../../history/operation.ts';
import { usOf } from '../../../history/row-in-columns.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { shortId } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { timeOfDay } from '../../prose.ts';
import { releasedByNs, soldByNs } from '../../reading/buyers-holds.ts';
import { findCallsAbout } from '../../reading/calls-about.ts';
import type { Hold } from '../../reading/hold.ts';
import { findHolds } from '../../reading/holds.ts';
import { lapseOf } from '../../reading/lapse.ts';
import { indexLedger } from '../../reading/ledger-index.ts';
import { createMomentOf } from '../../reading/ledger-moment.ts';
import { mayHaveTakenAgain } from '../../reading/taken-again.ts';
import type { Disproof, Disprove, Refusal } from './refusal.ts';

/**
 * Disproves that a hold has lapsed: its time was not over, or it was sold or given back before, or it was still live
 * later. A hold that has lapsed never comes back.
 */
export function disproveHoldLapsed(evidence: Evidence): Disprove {
  const { byId } = findHolds(evidence);
  const itself = createItself(evidence);
  return ({ call, fromNs, toNs }) => {
    const known = byId.get(call.hold ?? '');
    if (known === undefined) return undefined;
    const hold = itself(known);
    const ended = [...hold.confirms, ...hold.releases].filter(({ outcome }) => outcome === 'ok');
    return (
      tooEarly(hold, toNs, evidence) ??
      stillLive(hold, toNs) ??
      (isBefore(soldByNs(hold), fromNs)
        ? { why: `${nameOf(hold)} was sold before, so it cannot lapse`, operations: ended }
        : isBefore(releasedByNs(hold), fromNs)
          ? { why: `${nameOf(hold)} was given back before, so it cannot lapse`, operations: ended }
          : undefined)
    );
  };
}

/** Disproves that a hold has ended in any way. */
export function disproveHoldEnded(evidence: Evidence): Disprove {
  const { byId } = findHolds(evidence);
  const itself = createItself(evidence);
  const inBooks = createBookedEnd(evidence);
  return ({ call, toNs }) => {
    const hold = byId.get(call.hold ?? '');
    if (hold === undefined) return undefined;
    const endNs = inBooks(hold) ?? Number.NEGATIVE_INFINITY;
    if (toNs < endNs) {
      const why = `in the ledger ${nameOf(hold)} did not end before ${timeOfDay(endNs, evidence.sale)}`;
      return { why, operations: [hold.reserve] };
    }
    const mayHaveEnded = [...hold.confirms, ...hold.releases, ...hold.cancels].some(
      ({ invokedAtNs }) => invokedAtNs <= toNs,
    );
    if (mayHaveEnded) return undefined;
    const early = tooEarly(hold, toNs, evidence) ?? stillLive(itself(hold), toNs);
    return (
      early && { ...early, why: `nobody can have bought or cancelled it by then, and ${early.why}` }
    );
  };
}

/** Finds the earliest moment at which a hold of our own server can have ended, by the times of its movements. */
function createBookedEnd(evidence: Evidence): (hold: Hold) => number | undefined {
  const { index: ledger } = indexLedger(evidence);
  const momentOf = createMomentOf(evidence);
  if (ledger === undefined || ledger.attribution || momentOf === undefined) return () => undefined;
  return (hold) => {
    const movements = ledger.movementsByReservation.get(hold.reserve.hold ?? '') ?? [];
    const end = movements.find(({ kind }) => kind !== 'RESERVED');
    if (end === undefined) return undefined;
    return Math.min(momentOf(usOf(end, 'at')).fromNs, lapseOf(hold, evidence).earliestNs);
  };
}

/** Leaves to a hold only the checkouts that surely sold it and no other units. */
function createItself(evidence: Evidence): (hold: Hold) => Hold {
  const { index: ledger } = indexLedger(evidence);
  return (hold) => ({
    ...hold,
    confirms: hold.confirms.filter(
      (checkout) => !mayHaveTakenAgain(hold, checkout, evidence.sale, ledger),
    ),
  });
}

const nameOf = ({ reserve, reservation }: Hold): string =>
  `reservation ${shortId(reserve.newHold ?? reserve.hold ?? reservation?.reservationId)}`;

const isBefore = (atNs: number | undefined, limitNs: number): boolean =>
  atNs !== undefined && atNs < limitNs;

function tooEarly(hold: Hold, toNs: number, evidence: Evidence): Disproof | undefined {
  const { earliestNs } = lapseOf(hold, evidence);
  if (hold.made !== 'answered' || toNs >= earliestNs) return undefined;
  const { sale } = evidence;
  return {
    why: `${nameOf(hold)} lives ${sale.holdTtlMs} ms, so it cannot lapse before ${timeOfDay(earliestNs, sale)}`,
    operations: [hold.reserve],
  };
}

function stillLive(hold: Hold, toNs: number): Disproof | undefined {
  const later = [...hold.confirms, ...hold.releases].find(
    ({ outcome, invokedAtNs }) => outcome === 'ok' && invokedAtNs > toNs,
  );
  if (later === undefined) return undefined;
  const what = later.kind === 'confirm' ? 'sold' : 'given back';
  return {
    why: `${nameOf(hold)} was still live after that: it was ${what} by a later call`,
    operations: [hold.reserve, later],
  };
}

/**
 * Disproves that a hold was checked out before. A checkout that was refused because of the hold's state made no order, but
 * may have tried to while it was under way. Our own server tries nothing for somebody whose hold it is not.
 */
export function disproveHoldOrdered(evidence: Evidence): Disprove {
  const { byId } = findHolds(evidence);
  const { index: ledger } = indexLedger(evidence);
  const about = findCallsAbout(evidence).hold;
  const nameless = groupBy(evidence.operations, ({ kind, hold, buyer }) =>
    kind === 'confirm' && hold === undefined ? buyer : undefined,
  );
  const { refusals, shop } = evidence.sale;
  const isNotFound = ({ outcome, code = '' }: Operation): boolean =>
    shop === undefined && outcome === 'fail' && refusals[code] === 'not-found';
  const mayHaveOrdered = ({ outcome, status, code = '' }: Operation): boolean =>
    outcome !== 'fail' || (status > 0 && refusals[code] === undefined);

  return ({ call, fromNs, toNs }: Refusal) => {
    const hold = byId.get(call.hold ?? '');
    if (hold === undefined || call.hold === undefined) return undefined;
    if (ledger?.ordersByReservation.has(call.hold)) {
      const orders = ledger.ordersByReservation.get(call.hold) ?? [];
      const buying = [...(about.get(call.hold) ?? []), ...hold.confirms];
      const known = new Set(buying.map(({ callId }) => callId));
      if (!orders.every(({ callId }) => callId !== null && known.has(callId))) return undefined;
    }
    // A call that took and sold at once bought the hold as well, and a checkout that does not name it may be about it.
    const others = [
      ...(nameless.get(call.buyer ?? '') ?? []),
      ...(about.get(call.hold) ?? []).filter(({ kind }) => kind === 'confirm'),
      ...hold.confirms,
    ];
    const isPossible = others.some(
      (other) =>
        other.id !== call.id &&
        !isNotFound(other) &&
        other.invokedAtNs <= toNs &&
        (other.completedAtNs >= fromNs || mayHaveOrdered(other)),
    );
    if (isPossible) return undefined;
    return {
      why: `no other checkout of ${nameOf(hold)} can have been made by then`,
      operations: [hold.reserve],
    };
  };
}
