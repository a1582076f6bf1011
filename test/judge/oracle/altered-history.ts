import { type Operation, type SaleFacts, takesStock } from '../../../src/history/operation.ts';
import { accepted, answered } from './arbitrary-history.ts';
import { asksOf, BUYERS, numbered, type SmallHistory, unanswered } from './history.ts';
import type { Random } from './random.ts';
import type { Habits } from './requests.ts';
import { orderOfTicket } from './world.ts';

/** A correct history with one or two small lies. Most of them are just possible or just impossible. */
export function alteredHistory(
  random: Random,
  history: SmallHistory,
  habits: Habits,
): SmallHistory {
  let { sale, operations } = history;
  for (let lies = random.int(1, 2); lies > 0; lies--) {
    const lied = random.anyOf(operations);
    if (lied === undefined) break;
    if (random.chance(8)) {
      const skus = sale.skus.map((sku) => ({ ...sku, total: Math.max(1, sku.total - 1) }));
      sale = { ...sale, skus };
    } else {
      const instead = random.pick(LIES)(random, lied, sale, habits);
      const isKept = instead !== undefined && isCausal(operations, lied, instead);
      if (isKept) operations = operations.map((other) => (other === lied ? instead : other));
    }
  }
  return { sale, operations: numbered(operations) };
}

const LIES: [Lie, ...Lie[]] = [
  (random, lied, sale, habits) => answered(random, sale, habits, lied, endOf(lied)),
  (random, lied, _, habits) =>
    lied.outcome === 'ok' || lied.kind === 'read'
      ? undefined
      : { ...accepted(lied, random, habits), completedAtNs: endOf(lied) },
  (_, lied) => unanswered(lied),
  // All tickets are let in at the gate.
  (random, lied) =>
    lied.kind === 'check-in' ? undefined : { ...lied, buyer: random.pick(BUYERS) },
  // A registration and an attempt are always for one unit, and one ticket is let in.
  (random, lied) =>
    lied.kind === 'register' || lied.kind === 'attempt' || lied.kind === 'check-in'
      ? undefined
      : { ...lied, quantity: random.int(1, 2) },
  (random, lied) => shifted(lied, random.int(-3, 3), 0),
  (random, lied) => shifted(lied, 0, random.int(-3, 3)),
  (random, lied) => {
    const byMs = random.int(-4, 4);
    return shifted(lied, byMs, byMs);
  },
];

type Lie = (
  random: Random,
  lied: Operation,
  sale: SaleFacts,
  habits: Habits,
) => Operation | undefined;

const endOf = ({ invokedAtNs, completedAtNs }: Operation): number =>
  Number.isFinite(completedAtNs) ? completedAtNs : invokedAtNs + 2e6;

function shifted(lied: Operation, fromByMs: number, toByMs: number): Operation | undefined {
  const invokedAtNs = lied.invokedAtNs + fromByMs * 1e6;
  const completedAtNs = lied.completedAtNs + toByMs * 1e6;
  if (invokedAtNs < 0 || completedAtNs < invokedAtNs) return undefined;
  return { ...lied, invokedAtNs, completedAtNs };
}

/** A call can use a hold, an order, a voucher or a ticket only after it was answered, and a key stands for one request. */
function isCausal(operations: readonly Operation[], lied: Operation, instead: Operation): boolean {
  const all = operations.map((other) => (other === lied ? instead : other));
  return (
    all.every((later) => {
      const isFree = asksOf(later.kind) === undefined;
      return isFree || all.some((earlier) => isSourceOf(earlier, later));
    }) && all.every((other) => mayShareKey(other, instead))
  );
}

function isSourceOf(earlier: Operation, later: Operation): boolean {
  if (earlier.outcome !== 'ok' || earlier.completedAtNs >= later.invokedAtNs) return false;
  const { kind } = earlier;
  switch (asksOf(later.kind)) {
    case 'order':
      return kind !== 'cancel' && earlier.order === later.order;
    case 'voucher':
      return kind === 'register' && earlier.voucher === later.voucher;
    case 'ticket':
      return kind === 'buy' && earlier.order === orderOfTicket(later.ticket ?? '');
    default:
      return takesStock(kind) && earlier.hold === later.hold;
  }
}

/** True unless both are sent with one key and ask for different things. */
function mayShareKey(one: Operation, other: Operation): boolean {
  const isSame = (['kind', 'buyer', 'idempotencyKey'] as const).every(
    (fact) => one[fact] === other[fact],
  );
  if (!isSame || one.idempotencyKey === undefined) return true;
  const thing = asksOf(one.kind);
  return (
    one.sku === other.sku &&
    one.quantity === other.quantity &&
    (thing === undefined || one[thing] === other[thing])
  );
}
