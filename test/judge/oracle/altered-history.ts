import {
  type Operation,
  type OperationKind,
  type SaleFacts,
  takesStock,
} from '../../../src/history/operation.ts';
import { accepted, answered } from './arbitrary-history.ts';
import { asksOf, BUYERS, numbered, refusedWith, type SmallHistory, unanswered } from './history.ts';
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
      const others = operations.filter((other) => other !== lied && isWith(other, lied));
      const lie = random.pick(lied.basket === undefined ? LIES : LIES_OF_BASKETS);
      const instead = lie(random, [lied, ...others], sale, habits);
      const told = new Map(instead.map((line) => [line.id, line]));
      const all = operations.map((other) => told.get(other.id) ?? other);
      if (isCausal(all, instead)) operations = all;
    }
  }
  return { sale, operations: numbered(operations) };
}

/** True for two lines of one basket. */
const isWith = ({ basket }: Operation, other: Operation): boolean =>
  basket !== undefined && basket === other.basket;

/** Each is told of a call, or of all lines of a basket. */
const LIES: [Lie, ...Lie[]] = [
  (random, lines, sale, habits) => answered(random, sale, habits, lines, endOf(lines[0])),
  (random, lines, _, habits) =>
    lines[0].outcome === 'ok' || lines[0].kind === 'read'
      ? []
      : lines.map((line) => ({ ...accepted(line, random, habits), completedAtNs: endOf(line) })),
  (_, lines) => lines.map(unanswered),
  // All tickets are let in at the gate.
  (random, lines) => {
    const buyer = random.pick(BUYERS);
    return lines[0].kind === 'check-in' ? [] : lines.map((line) => ({ ...line, buyer }));
  },
  // A registration and an attempt are always for one unit, and one ticket is let in.
  (random, lines) => {
    const line = random.pick(lines);
    return FOR_ONE.has(line.kind) ? [] : [{ ...line, quantity: random.int(1, 2) }];
  },
  (random, lines) => shifted(lines, random.int(-3, 3), 0),
  (random, lines) => shifted(lines, 0, random.int(-3, 3)),
  (random, lines) => {
    const byMs = random.int(-4, 4);
    return shifted(lines, byMs, byMs);
  },
];

/** Besides, a line may be told otherwise than the others. */
const LIES_OF_BASKETS: typeof LIES = [
  ...LIES,
  (random, lines, _, habits) => {
    const line = random.pick(lines);
    if (line.outcome === 'ok') return [refusedWith(line, 'OUT_OF_STOCK', line.completedAtNs)];
    if (line.outcome === 'info') return [];
    return [{ ...accepted(line, random, habits), completedAtNs: line.completedAtNs }];
  },
];

const FOR_ONE = new Set<OperationKind>(['register', 'attempt', 'check-in']);

/** Returns the calls that are told otherwise. */
type Lie = (
  random: Random,
  lines: readonly [Operation, ...Operation[]],
  sale: SaleFacts,
  habits: Habits,
) => Operation[];

const endOf = ({ invokedAtNs, completedAtNs }: Operation): number =>
  Number.isFinite(completedAtNs) ? completedAtNs : invokedAtNs + 2e6;

function shifted(lines: readonly Operation[], fromByMs: number, toByMs: number): Operation[] {
  return lines.flatMap((lied) => {
    const invokedAtNs = lied.invokedAtNs + fromByMs * 1e6;
    const completedAtNs = lied.completedAtNs + toByMs * 1e6;
    if (invokedAtNs < 0 || completedAtNs < invokedAtNs) return [];
    return [{ ...lied, invokedAtNs, completedAtNs }];
  });
}

/** A call can use a hold, an order, a voucher or a ticket only after it was answered, and a key stands for one request. */
function isCausal(all: readonly Operation[], instead: readonly Operation[]): boolean {
  return (
    all.every((later) => {
      const isFree = asksOf(later.kind) === undefined;
      return isFree || all.some((earlier) => isSourceOf(earlier, later));
    }) && instead.every((line) => all.every((other) => mayShareKey(other, line)))
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
