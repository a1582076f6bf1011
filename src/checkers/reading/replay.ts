import { type Operation, takesStock } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { lazy, memoized } from '../../kernel/memo.ts';
import type { MovementKind } from '../../protocol/ledger.ts';
import type { Evidence } from '../evidence.ts';
import { eventfulCalls } from './eventful-calls.ts';
import { findHolds } from './holds.ts';
import { indexLedger } from './ledger-index.ts';
import { type Step, Steps } from './steps.ts';
import { findWishes } from './wishes.ts';

/** A SKU's stock from its first movement on, by the server's own sequence numbers, up to the first unknown one. */
export interface Replay {
  total: number;
  /** The step at place n - 1 is movement n: the numbers have no gap. */
  steps: Steps;
  /** `ledger`: the movements of the final ledger. `answers`: the numbers in the answers to buyers. */
  source: 'ledger' | 'answers';
}

/** Units on sale after movement `sequence`; undefined beyond the last known movement. */
export const availableAt = ({ total, steps }: Replay, sequence: number): number | undefined =>
  sequence === 0 ? total : steps.availableAt(sequence - 1);

/**
 * Replays every SKU on sale, movement by movement: from the ledger's movements where there are any, else from the
 * answers. Those end at the first number that is in no answer, because a hold lapsed or an answer never came.
 */
export const replaySales = memoized((evidence: Evidence): Map<string, Replay> => {
  const { index: ledger } = indexLedger(evidence);
  const { byId } = findHolds(evidence);
  const answered = lazy(() =>
    groupBy(eventfulCalls(findWishes(evidence).calls).filter(isNumberedChange), ({ sku }) => sku),
  );
  const replays = new Map<string, Replay>();
  for (const { skuId, total } of evidence.sale.skus) {
    const movements = ledger?.movementsBySku.get(skuId) ?? [];
    if (movements.length > 0) {
      const steps = replay(total, movements, ({ reservationId }) => reservationId);
      replays.set(skuId, { total, steps, source: 'ledger' });
      continue;
    }
    const answers = (answered().get(skuId) ?? [])
      .flatMap((operation) => {
        const { sequence, hold, quantity } = operation;
        // Only a call that takes units has the quantity; the others name the hold. In a described shop they need not.
        const known = hold === undefined ? undefined : byId.get(hold);
        const isUnknown = known === undefined && !takesStock(operation.kind);
        if (isUnknown && evidence.sale.shop !== undefined) return [];
        return {
          sequence: sequence as number,
          kind: movementOf(operation),
          isAtOnce: operation.kind === 'buy',
          quantity: known?.quantity ?? quantity,
          hold,
        };
      })
      .sort((a, b) => a.sequence - b.sequence);
    const steps = replay(total, answers, ({ hold }) => hold);
    if (steps.length > 0) replays.set(skuId, { total, steps, source: 'answers' });
  }
  return replays;
});

/** The movement that a successful call of each kind makes. Its answer carries the movement's number. */
const MOVEMENT_OF = {
  reserve: 'RESERVED',
  confirm: 'SOLD',
  release: 'RELEASED',
  cancel: 'RETURNED',
  register: 'SOLD',
  buy: 'SOLD',
} as const;

/** The movement that a successful call makes. */
export const movementOf = ({ kind }: Operation): MovementKind =>
  MOVEMENT_OF[kind as keyof typeof MOVEMENT_OF];

/** True when a successful call may have made a movement of this kind. An order that was cancelled unpaid releases its hold. */
export const mayMake = (call: Operation, kind: MovementKind): boolean =>
  kind === movementOf(call) || (call.kind === 'cancel' && kind === 'RELEASED');

/** True when a call changed the stock and its answer carried the movement's number. */
export const isNumberedChange = ({ kind, outcome, sequence }: Operation): boolean =>
  kind in MOVEMENT_OF && outcome === 'ok' && sequence !== undefined;

/** The change of the units on sale, held and sold that each movement makes, for one unit. */
const CHANGE_BY: Record<MovementKind, [available: number, reserved: number, sold: number]> = {
  RESERVED: [-1, 1, 0],
  SOLD: [0, -1, 1],
  RELEASED: [1, -1, 0],
  EXPIRED: [1, -1, 0],
  RETURNED: [1, 0, -1],
};

/**
 * The same for a sale in one call that is one movement. One that is two movements carries the number of the second, and then
 * the first number of all is in no answer.
 */
const CHANGE_AT_ONCE = [-1, 0, 1] as const;

function replay<
  Change extends Pick<Step, 'sequence' | 'kind' | 'quantity'> & { isAtOnce?: boolean },
>(total: number, changes: Change[], holdOf: (change: Change) => string | undefined): Steps {
  const steps = Steps.of(changes, holdOf);
  let availableAfter = total;
  let reservedAfter = 0;
  let soldAfter = 0;
  for (const { sequence, kind, quantity, isAtOnce } of changes) {
    // A repeated or missing number ends the replay. The checks of the numbers themselves report it.
    if (sequence !== steps.length + 1) break;
    const [available, reserved, sold] = isAtOnce ? CHANGE_AT_ONCE : CHANGE_BY[kind];
    availableAfter += available * quantity;
    reservedAfter += reserved * quantity;
    soldAfter += sold * quantity;
    steps.add(availableAfter, reservedAfter, soldAfter);
  }
  return steps;
}
