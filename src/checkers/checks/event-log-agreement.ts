import { groupBy } from '../../kernel/group-by.ts';
import { bulletList, count } from '../../kernel/wording.ts';
import { TOPICS } from '../../protocol/events.ts';
import type { LedgerDelivery, MovementKind } from '../../protocol/ledger.ts';
import type { Finding } from '../checker.ts';
import { checkLedger } from '../ledger-check.ts';
import type { LedgerIndex } from '../reading/ledger-index.ts';

/**
 * Events that tell of another sale than the ledger: a stock movement whose event a consumer group did not handle, handled
 * twice, or handled as another kind; an event of a movement that does not exist; events given up. `unknown` while events
 * are still to be delivered: a broker may be away, and they may yet arrive.
 */
export const eventLogAgreement = checkLedger(
  'event-log-agreement',
  ['movement', 'delivery', 'backlog'],
  (ledger) => {
    const givenUp = describeGivenUp(ledger);
    if (givenUp) return givenUp;
    const groups = groupBy(
      ledger.deliveries.filter(({ topic }) => topic === TOPICS.inventory),
      ({ group }) => group,
    );
    const waiting = ledger.backlog.find(({ pending }) => pending > 0);
    if (groups.size === 0 && !waiting) {
      return { status: 'skipped', summary: 'the final ledger tells of no consumer of events' };
    }
    for (const [group, deliveries] of groups) {
      const wrong = disagreements(deliveries, ledger, { isComplete: waiting === undefined });
      if (wrong.length === 0) continue;
      return {
        status: 'invalid',
        summary: `consumer group ${group} heard of another sale than the ledger has: ${wrong[0]}`,
        witness: {
          prose: bulletList(
            `Every stock movement is told once to every group. Of ${count(ledger.movements.length, 'movement')}, ${group} was told otherwise ${count(wrong.length, 'time')}:`,
            wrong.slice(0, 10),
          ),
          operations: [],
        },
      };
    }
    if (waiting) {
      return {
        status: 'unknown',
        summary: `${count(waiting.pending, 'event')} of ${waiting.skuId} ${waiting.pending === 1 ? 'was' : 'were'} still to be delivered when the sale was over; is the broker, or a worker, away?`,
      };
    }
    return {
      status: 'valid',
      summary: `${count(groups.size, 'consumer group')} heard of each of ${count(ledger.movements.length, 'movement')} once, and nothing is left to deliver`,
    };
  },
);

/** Finds a SKU with dead letters. */
function describeGivenUp({ backlog }: LedgerIndex): Finding | undefined {
  const sku = backlog.find(({ deadLetters }) => deadLetters > 0);
  if (sku === undefined) return undefined;
  const what = `${count(sku.deadLetters, 'event')} of ${sku.skuId}`;
  return {
    status: 'invalid',
    summary: `${what} given up`,
    witness: {
      prose: `Consumers gave up ${what}: whoever lives by them does not know of the whole sale. They are among the dead letters, with what went wrong: flashsale-cli dlq list.`,
      operations: [],
    },
  };
}

/** The type of the event that is written with a movement. */
const EVENT_OF: Record<MovementKind, string> = {
  RESERVED: 'RESERVED',
  SOLD: 'SOLD',
  RELEASED: 'RELEASED',
  EXPIRED: 'RELEASED',
  RETURNED: 'RELEASED',
};

/** Compares the events that one consumer group handled with the movements; one sentence per difference. */
function disagreements(
  deliveries: LedgerDelivery[],
  { movementsBySku }: LedgerIndex,
  { isComplete }: { isComplete: boolean },
): string[] {
  const wrong: string[] = [];
  const handled = groupBy(deliveries, ({ skuId, sequence }) => `${skuId} ${sequence}`);
  for (const [skuId, movements] of movementsBySku) {
    for (const { kind, sequence } of movements) {
      const key = `${skuId} ${sequence}`;
      const events = handled.get(key) ?? [];
      handled.delete(key);
      const name = `movement ${sequence} of ${skuId}, ${kind}`;
      if (events.length === 0) {
        if (isComplete) wrong.push(`${name}: nothing was heard of it`);
      } else if (events.length > 1) wrong.push(`${name}: it was heard of ${events.length} times`);
      else if (events[0]?.type !== EVENT_OF[kind]) {
        wrong.push(`${name}: it was heard of as ${events[0]?.type}`);
      }
    }
  }
  for (const events of handled.values()) {
    for (const { type, skuId, sequence } of events) {
      wrong.push(
        `${type} of ${skuId} as movement ${sequence ?? 'without a number'}: the ledger has no such movement`,
      );
    }
  }
  return wrong;
}
