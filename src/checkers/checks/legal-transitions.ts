import type { Operation } from '../../history/operation.ts';
import { usOf } from '../../history/row-in-columns.ts';
import { bulletList, count, shortId } from '../../kernel/wording.ts';
import type { MovementKind } from '../../protocol/ledger.ts';
import type { Checker, Witness } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { describeCall, witnessOperations } from '../prose.ts';
import type { Hold } from '../reading/hold.ts';
import { longestTtlNs, sellableAfterwardsNs } from '../reading/hold-ttl.ts';
import { findHolds } from '../reading/holds.ts';
import { CLOCK_DRIFT } from '../reading/ledger-clock.ts';
import { indexLedger, type LedgerIndex } from '../reading/ledger-index.ts';
import { resolutionUsOf } from '../reading/ledger-times.ts';
import type { MovementRow, ReservationRow } from '../reading/rows.ts';
import { isUnsold, mayHaveTakenAgain } from '../reading/taken-again.ts';

/**
 * A hold with a transition that is not allowed. A hold begins RESERVED and ends at most once: SOLD, RELEASED or EXPIRED;
 * only a sold one can be RETURNED. It is sold only before it lapses, or until it is swept where the shop says so, and expires only
 * after it has lapsed.
 *
 * The check reads the answers (one hold bought twice, bought and cancelled, bought after it had surely lapsed) and
 * the final ledger (the hold's movements in order, their times, and the state of its reservation). A described shop may sell
 * units anew to a buyer whose hold has lapsed, without a word of it: that is `unknown` until its rows tell.
 */
export const legalTransitions: Checker = {
  name: 'legal-transitions',
  needs: [],
  check(evidence) {
    const holds = [...findHolds(evidence).bySku.values()].flat();
    const { index: ledger } = indexLedger(evidence);
    const reservations = ledger?.reservations ?? [];
    if (holds.length === 0 && reservations.length === 0) {
      return { status: 'skipped', summary: 'no hold was recorded' };
    }
    const byAnswers = holds.flatMap((hold) => wrongByAnswers(hold, ledger, evidence));
    const sure = byAnswers.filter(({ isDoubtful }) => !isDoubtful);
    const known = new Set(sure.map(({ id }) => id));
    const stored = ledger === undefined ? [] : wrongInLedger(ledger, evidence);
    const wrong = [...sure, ...stored.filter(({ id }) => !known.has(id))];
    if (wrong.length > 0) {
      return {
        status: 'invalid',
        summary: `${count(wrong.length, 'hold')} took a way a hold cannot take: ${wrong[0]?.what}`,
        witness: witnessOf('Holds that took a way a hold cannot take:', wrong, evidence),
      };
    }
    const [doubt] = byAnswers;
    if (doubt !== undefined) {
      return {
        status: 'unknown',
        summary: `${count(byAnswers.length, 'hold')} may have been sold too late: ${doubt.what}, and nobody can see if the shop took the units again for it`,
        witness: witnessOf(
          'A payment that comes too late may take units again, if there are any. No answer names another hold for these, and no row tells what was sold:',
          byAnswers,
          evidence,
        ),
      };
    }
    return {
      status: 'valid',
      summary: `${count(Math.max(holds.length, reservations.length), 'hold')} began and ended as a hold may`,
    };
  },
};

const SHOWN_HOLDS_MAX = 5;

function witnessOf(first: string, all: Wrong[], { sale }: Evidence): Witness {
  const shown = all.slice(0, SHOWN_HOLDS_MAX);
  const lines = shown.map(({ what, calls: ofHold }) =>
    [what, ...ofHold.slice(0, 3).map((call) => describeCall(call, sale))].join('. '),
  );
  return {
    prose: bulletList(first, lines),
    operations: witnessOperations(shown.flatMap(({ calls }) => calls)),
  };
}

/** A hold with a wrong transition. */
interface Wrong {
  /** The hold's id. */
  id: string | undefined;
  what: string;
  calls: Operation[];
  /** True for a way that may be right for all that anybody can see. */
  isDoubtful?: boolean;
}

function wrongByAnswers(hold: Hold, ledger: LedgerIndex | undefined, { sale }: Evidence): Wrong[] {
  const { reserve } = hold;
  const id = reserve.hold;
  const name = `reservation ${shortId(id)}`;
  const bought = hold.confirms.filter(({ outcome }) => outcome === 'ok');
  const cancelled = hold.releases.filter(({ outcome }) => outcome === 'ok');
  if (bought.length > 1) {
    return [{ id, what: `${name} was bought ${bought.length} times`, calls: [reserve, ...bought] }];
  }
  // A described shop may say yes to a wish to give back what was given back before; its rows tell if it did so twice.
  const isStrict = sale.shop === undefined;
  if (isStrict && cancelled.length > 1) {
    return [
      {
        id,
        what: `${name} was cancelled ${cancelled.length} times`,
        calls: [reserve, ...cancelled],
      },
    ];
  }
  if (bought.length > 0 && cancelled.length > 0) {
    return [
      {
        id,
        what: `${name} was both bought and cancelled`,
        calls: [reserve, ...bought, ...cancelled],
      },
    ];
  }
  const undone = hold.cancels.filter(({ outcome }) => outcome === 'ok');
  if (isStrict && undone.length > 1) {
    const order = undone[0]?.order;
    const which = id === undefined && order !== undefined ? shortId(order) : `of ${name}`;
    const what = `the order ${which} was cancelled ${undone.length} times`;
    return [{ id, what, calls: [reserve, ...undone] }];
  }
  // The time is measured by the clock of the server, which may run a little slower. A described shop may say yes to giving
  // back what lapsed before, and until its sweeper comes that is how the hold ends.
  const lapsedAtNs = reserve.completedAtNs + longestTtlNs(sale) * (1 + CLOCK_DRIFT);
  const isLate = ({ invokedAtNs }: Operation) => invokedAtNs > lapsedAtNs;
  const late =
    bought.find(({ invokedAtNs }) => invokedAtNs > lapsedAtNs + sellableAfterwardsNs(sale)) ??
    (isStrict ? cancelled.find(isLate) : undefined);
  if (late !== undefined) {
    const isBought = late.kind !== 'release';
    const what = `${name} was ${isBought ? 'bought' : 'cancelled'} after it had lapsed (it lives ${sale.holdTtlMs} ms)`;
    const isDoubtful = isBought && mayHaveTakenAgain(hold, late, sale, ledger);
    if (isDoubtful && isUnsold(hold, ledger)) return [];
    return [{ id, what, calls: [reserve, late], isDoubtful }];
  }
  return [];
}

/** The movements that may follow a movement. */
const NEXT: Record<MovementKind | 'none', MovementKind[]> = {
  none: ['RESERVED'],
  RESERVED: ['SOLD', 'RELEASED', 'EXPIRED'],
  SOLD: ['RETURNED'],
  RELEASED: [],
  EXPIRED: [],
  RETURNED: [],
};

/** The states that a reservation may have after its last movement. */
const STATE_AFTER: Record<MovementKind, ReservationRow['status'][]> = {
  RESERVED: ['RESERVED'],
  SOLD: ['CONFIRMED'],
  RELEASED: ['CANCELLED'],
  EXPIRED: ['EXPIRED'],
  RETURNED: ['CONFIRMED', 'CANCELLED'],
};

function wrongInLedger(ledger: LedgerIndex, evidence: Evidence): Wrong[] {
  const { byId } = findHolds(evidence);
  const callsOf = (id: string): Operation[] => {
    const hold = byId.get(id);
    if (hold === undefined) return [];
    return [hold.reserve, ...hold.confirms, ...hold.releases, ...hold.cancels];
  };
  // A target that keeps only one of the two shows no way that a hold took; then only the answers can be judged.
  if (!ledger.keeps('reservation') || !ledger.keeps('movement')) return [];

  const resolutionUs = resolutionUsOf(ledger);
  const wrong: Wrong[] = [];
  for (const [id, movements] of ledger.movementsByReservation) {
    const what = wrongMovements(movements, ledger.reservationById.get(id), {
      resolutionUs,
      sellableUs: sellableAfterwardsNs(evidence.sale) / 1e3,
    });
    if (what !== undefined) {
      wrong.push({ id, what: `reservation ${shortId(id)} ${what}`, calls: callsOf(id) });
    }
  }
  for (const { reservationId } of ledger.reservations) {
    if (ledger.movementsByReservation.has(reservationId)) continue;
    const what = `reservation ${shortId(reservationId)} has no movement at all`;
    wrong.push({ id: reservationId, what, calls: callsOf(reservationId) });
  }
  return wrong;
}

/**
 * Describes the first fault in one reservation's movements, as the rest of a sentence that begins with its name. Times that
 * differ by less than the ledger's resolution do not show which of two moments was first.
 */
function wrongMovements(
  movements: MovementRow[],
  reservation: ReservationRow | undefined,
  { resolutionUs, sellableUs }: { resolutionUs: number; sellableUs: number },
): string | undefined {
  let state: MovementKind | 'none' = 'none';
  for (const { kind, sequence } of movements) {
    if (!NEXT[state].includes(kind)) {
      const way = movements.map((movement) => movement.kind).join(' → ');
      return `went ${way}: movement ${sequence} may not follow`;
    }
    state = kind;
  }
  if (reservation === undefined) return `has movements (${state}) and no row`;
  const { status, quantity } = reservation;
  if (state !== 'none' && !STATE_AFTER[state].includes(status)) {
    return `is ${status} although its last movement is ${state}`;
  }
  for (const movement of movements) {
    if (movement.quantity !== quantity) {
      return `is of ${count(quantity, 'unit')}, its movement ${movement.sequence} of ${movement.quantity}`;
    }
    const aliveUs = usOf(reservation, 'expiresAt') - usOf(movement, 'at');
    if (movement.kind === 'SOLD' && aliveUs + sellableUs <= -resolutionUs) {
      return `was sold at ${movement.at}, but had lapsed at ${reservation.expiresAt}`;
    }
    if (movement.kind === 'EXPIRED' && aliveUs >= resolutionUs) {
      return `was taken back as expired at ${movement.at}, before it lapsed at ${reservation.expiresAt}`;
    }
  }
  return undefined;
}
