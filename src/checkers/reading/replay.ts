import type { Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { memoized } from '../../kernel/memo.ts';
import type { MovementKind } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { findHolds } from './holds.ts';
import { indexLedger } from './ledger-index.ts';
import { findWishes } from './repeats.ts';

/** One stock movement in the order the server numbered them. */
export interface Step {
  sequence: number;
  kind: MovementKind;
  quantity: number;
  hold: string | undefined;
  /** Units on sale after it, starting from the SKU's total. */
  availableAfter: number;
}

/** A SKU's stock from its first movement on, by the server's own sequence numbers, as far as they are known. */
export interface Replay {
  total: number;
  /** `steps[n - 1]` is movement n: numbers have no gaps up to here. */
  steps: Step[];
  /** Whether the steps come from the final ledger or were put together from what the buyers were answered. */
  source: 'ledger' | 'answers';
}

/** Units on sale after movement `sequence`; undefined beyond what is known. */
export const availableAt = ({ total, steps }: Replay, sequence: number): number | undefined =>
  sequence === 0 ? total : steps[sequence - 1]?.availableAfter;

/**
 * Replays every SKU on sale, movement by movement. The ledger's movements are used where there are any; without them,
 * the answers', which end at the first number nobody was told (a hold that lapsed, an answer that never came).
 */
export const replaySales = memoized((evidence: Evidence): Map<string, Replay> => {
  const { index: ledger } = indexLedger(evidence);
  const { byId } = findHolds(evidence);
  const answered = groupBy(findWishes(evidence).calls.filter(isNumberedChange), ({ sku }) => sku);
  const replays = new Map<string, Replay>();
  for (const { skuId, total } of evidence.sale.skus) {
    const movements = ledger?.movementsBySku.get(skuId) ?? [];
    if (movements.length > 0) {
      const changes = movements.map(({ sequence, kind, quantity, reservationId }) => ({
        sequence,
        kind,
        quantity,
        hold: reservationId,
      }));
      replays.set(skuId, { total, steps: replay(total, changes), source: 'ledger' });
      continue;
    }
    const answers = (answered.get(skuId) ?? [])
      .map((operation) => ({
        sequence: operation.sequence as number,
        kind: movementOf(operation),
        // Only the reserve call says how much; the others name the hold.
        quantity: byId.get(operation.hold ?? '')?.quantity ?? operation.quantity,
        hold: operation.hold,
      }))
      .sort((a, b) => a.sequence - b.sequence);
    const steps = replay(total, answers);
    if (steps.length > 0) replays.set(skuId, { total, steps, source: 'answers' });
  }
  return replays;
});

/** The movement that a successful call of each kind makes and answers with the number of. */
const MOVEMENT_OF = {
  reserve: 'RESERVED',
  confirm: 'SOLD',
  release: 'RELEASED',
  cancel: 'RETURNED',
  register: 'SOLD',
} as const;

export const movementOf = ({ kind }: Operation): MovementKind =>
  MOVEMENT_OF[kind as keyof typeof MOVEMENT_OF];

/** A successful change of stock whose answer carried its movement's number. */
export const isNumberedChange = ({ kind, outcome, sequence }: Operation): boolean =>
  kind in MOVEMENT_OF && outcome === 'ok' && sequence !== undefined;

const CHANGE_OF_AVAILABLE: Record<MovementKind, number> = {
  RESERVED: -1,
  SOLD: 0,
  RELEASED: 1,
  EXPIRED: 1,
  RETURNED: 1,
};

function replay(total: number, changes: Omit<Step, 'availableAfter'>[]): Step[] {
  const steps: Step[] = [];
  let available = total;
  for (const change of changes) {
    // A repeated or missing number ends what can be replayed; the checks of the numbers themselves tell why.
    if (change.sequence !== steps.length + 1) break;
    available += CHANGE_OF_AVAILABLE[change.kind] * change.quantity;
    steps.push({ ...change, availableAfter: available });
  }
  return steps;
}
