import { copyOf, type Operation } from '../../history/operation.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { addCancel, addConfirm, addRelease, type Hold } from './hold.ts';
import { type LedgerIndex, ofBuyer } from './ledger-index.ts';
import { NOBODY } from './rows.ts';

export interface NamelessCalls {
  /**
   * Adds a checkout, a cancellation or a return that names no known hold or order to the holds that it may be about. If these
   * are several, it may have ended each of them, and surely none. Answers with the only one.
   */
  add(call: Operation): Hold | undefined;
}

/**
 * Follows the calls that do not tell what they are about. A buyer may make many such calls and have many holds, so each hold
 * gets only the first call of a kind that may be about it: what the others may have done, that one may have done before.
 *
 * @param holds those that a call may be about without naming them
 */
export function createNamelessCalls(
  holds: readonly Hold[],
  ledger: LedgerIndex | undefined,
): NamelessCalls {
  const inOrder = holds.toSorted((a, b) => a.askedAtNs - b.askedAtNs);
  const queues = new Map<string, Queue>();
  const all = groupBy(inOrder, ({ buyer = NOBODY }) => buyer);
  const ofSku = groupBy(inOrder, ({ sku, buyer = NOBODY }) => ofBuyer(sku, buyer));
  const bySku = groupBy(inOrder, ({ sku }) => sku);

  /** The holds of a buyer and those of nobody, or all if the call does not tell whose it is. */
  function listsOf({ buyer, sku }: Operation): (readonly Hold[])[] {
    const ofOwner = (owner: string): readonly Hold[] | undefined =>
      sku === undefined ? all.get(owner) : ofSku.get(ofBuyer(sku, owner));
    const ofAnybody = sku === undefined ? inOrder : bySku.get(sku);
    const lists = buyer === undefined ? [ofAnybody] : [ofOwner(buyer), ofOwner(NOBODY)];
    return lists.filter((list) => list !== undefined && list.length > 0) as (readonly Hold[])[];
  }

  return {
    add(call) {
      const isMeant = ({ reserve }: Hold): boolean => reserve !== call;
      const lists = listsOf(call);
      const only = call.buyer === undefined ? 'several' : onlyOne(lists, call, isMeant);
      if (only === 'none') return undefined;
      if (only !== 'several') {
        addTo(only, call, ledger);
        return only;
      }
      const told: Operation = {
        ...copyOf(call),
        outcome: 'info',
        completedAtNs: Number.POSITIVE_INFINITY,
      };
      const isOpen = ledger?.attribution?.open.has(call.callId ?? '') === true;
      for (const list of lists) {
        // The holds that a call of this kind was added to need no other one.
        const { buyer, sku } = call;
        const [first] = list as [Hold];
        const key = `${call.kind} ${isOpen} ${buyer === undefined} ${first.buyer} ${sku}`;
        const queue = queues.get(key) ?? { list, next: 0, passed: [] };
        queues.set(key, queue);
        for (const hold of takeUntil(queue, call.completedAtNs, isMeant)) addTo(hold, told, ledger);
      }
      return undefined;
    },
  };
}

/** Holds in the order in which they were asked for, from the first that no call was added to. */
interface Queue {
  list: readonly Hold[];
  next: number;
  /** Holds before that one which the last call was not about, because it made them. */
  passed: Hold[];
}

function* takeUntil(
  queue: Queue,
  untilNs: number,
  isMeant: (hold: Hold) => boolean,
): Generator<Hold> {
  // It was the call that made it which passed a hold by, and this is another call.
  yield* queue.passed;
  queue.passed = [];
  for (; queue.next < queue.list.length; queue.next++) {
    const hold = queue.list[queue.next] as Hold;
    if (hold.askedAtNs > untilNs) return;
    if (isMeant(hold)) yield hold;
    else queue.passed.push(hold);
  }
}

/** The only hold that a call may be about, if it is one. */
function onlyOne(
  lists: readonly (readonly Hold[])[],
  { completedAtNs }: Operation,
  isMeant: (hold: Hold) => boolean,
): Hold | 'none' | 'several' {
  let only: Hold | undefined;
  for (const list of lists) {
    for (const hold of list) {
      if (hold.askedAtNs > completedAtNs) break;
      if (!isMeant(hold)) continue;
      if (only !== undefined) return 'several';
      only = hold;
    }
  }
  return only ?? 'none';
}

function addTo(hold: Hold, call: Operation, ledger: LedgerIndex | undefined): void {
  if (call.kind === 'confirm') addConfirm(hold, call, ledger);
  if (call.kind === 'release') addRelease(hold, call, ledger);
  if (call.kind === 'cancel') addCancel(hold, call, ledger);
}
