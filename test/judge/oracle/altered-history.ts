import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import { accepted, answered } from './arbitrary-history.ts';
import { BUYERS, numbered, type SmallHistory, unanswered } from './history.ts';
import type { Random } from './random.ts';

/** A correct history with one or two small lies. Most of them are just possible or just impossible. */
export function alteredHistory(random: Random, history: SmallHistory): SmallHistory {
  let { sale, operations } = history;
  for (let lies = random.int(1, 2); lies > 0; lies--) {
    const lied = random.anyOf(operations);
    if (lied === undefined) break;
    if (random.chance(8)) {
      const skus = sale.skus.map((sku) => ({ ...sku, total: Math.max(1, sku.total - 1) }));
      sale = { ...sale, skus };
    } else {
      const instead = random.pick(LIES)(random, lied, sale);
      const isKept = instead !== undefined && isCausal(operations, lied, instead);
      if (isKept) operations = operations.map((other) => (other === lied ? instead : other));
    }
  }
  return { sale, operations: numbered(operations) };
}

const LIES: [Lie, ...Lie[]] = [
  (random, lied, sale) => answered(random, sale, lied, endOf(lied)),
  (random, lied) =>
    lied.outcome === 'ok' || lied.kind === 'read'
      ? undefined
      : { ...accepted(lied, random), completedAtNs: endOf(lied) },
  (_, lied) => unanswered(lied),
  (random, lied) => ({ ...lied, buyer: random.pick(BUYERS) }),
  (random, lied) => ({ ...lied, quantity: random.int(1, 2) }),
  (random, lied) => shifted(lied, random.int(-3, 3), 0),
  (random, lied) => shifted(lied, 0, random.int(-3, 3)),
  (random, lied) => {
    const byMs = random.int(-4, 4);
    return shifted(lied, byMs, byMs);
  },
];

type Lie = (random: Random, lied: Operation, sale: SaleFacts) => Operation | undefined;

const endOf = ({ invokedAtNs, completedAtNs }: Operation): number =>
  Number.isFinite(completedAtNs) ? completedAtNs : invokedAtNs + 2e6;

function shifted(lied: Operation, fromByMs: number, toByMs: number): Operation | undefined {
  const invokedAtNs = lied.invokedAtNs + fromByMs * 1e6;
  const completedAtNs = lied.completedAtNs + toByMs * 1e6;
  if (invokedAtNs < 0 || completedAtNs < invokedAtNs) return undefined;
  return { ...lied, invokedAtNs, completedAtNs };
}

/** A call can use a hold or an order only after it was answered. */
function isCausal(operations: readonly Operation[], lied: Operation, instead: Operation): boolean {
  const all = operations.map((other) => (other === lied ? instead : other));
  return all.every((later) => {
    if (later.kind === 'reserve' || later.kind === 'read') return true;
    return all.some((earlier) => isSourceOf(earlier, later));
  });
}

function isSourceOf(earlier: Operation, later: Operation): boolean {
  if (earlier.outcome !== 'ok' || earlier.completedAtNs >= later.invokedAtNs) return false;
  if (later.kind === 'cancel') return earlier.kind === 'confirm' && earlier.order === later.order;
  return earlier.kind === 'reserve' && earlier.hold === later.hold;
}
