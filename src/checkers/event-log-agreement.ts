import { TOPICS } from '../protocol/events.ts';
import type { LedgerDelivery, MovementKind } from '../protocol/ledger.ts';
import type { Checker, CheckResult } from './evidence.ts';
import { groupBy } from './group-by.ts';
import { indexLedger, type LedgerIndex } from './ledger-index.ts';
import { count, list } from './prose.ts';

/**
 * Those who live by the events saw another sale than the ledger: a stock movement of which a consumer group heard
 * nothing, or twice, or something else; an event of a movement that is not there; events given up, or still under way
 * when everything was over.
 */
export const eventLogAgreement: Checker = {
  name: 'event-log-agreement',
  check(evidence) {
    const { index: ledger } = indexLedger(evidence);
    if (ledger === undefined) {
      return {
        status: 'skipped',
        summary: 'no final ledger was read; a target gives one by its admin API',
      };
    }
    const left = leftBehind(ledger);
    if (left) return left;
    const groups = groupBy(
      ledger.deliveries.filter(({ topic }) => topic === TOPICS.inventory),
      ({ group }) => group,
    );
    if (groups.size === 0) {
      return { status: 'skipped', summary: 'the final ledger tells of no consumer of events' };
    }
    for (const [group, deliveries] of groups) {
      const wrong = disagreements(deliveries, ledger);
      if (wrong.length === 0) continue;
      return {
        status: 'invalid',
        summary: `consumer group ${group} heard of another sale than the ledger has: ${wrong[0]}`,
        witness: {
          prose: list(
            `Every stock movement is told once to every group. Of ${count(ledger.movements.length, 'movement')}, ${group} was told otherwise ${count(wrong.length, 'time')}:`,
            wrong.slice(0, 10),
          ),
          operations: [],
        },
      };
    }
    return {
      status: 'valid',
      summary: `${count(groups.size, 'consumer group')} heard of each of ${count(ledger.movements.length, 'movement')} once, and nothing is left to deliver`,
    };
  },
};

type Result = Omit<CheckResult, 'name'>;

function leftBehind({ backlog }: LedgerIndex): Result | undefined {
  for (const { skuId, pending, deadLetters } of backlog) {
    if (pending === 0 && deadLetters === 0) continue;
    const what = [
      ...(deadLetters > 0 ? [`${count(deadLetters, 'event')} given up`] : []),
      ...(pending > 0 ? [`${count(pending, 'event')} not delivered`] : []),
    ].join(' and ');
    return {
      status: 'invalid',
      summary: `${what} of ${skuId} when the sale was over`,
      witness: {
        prose: `When the sale was over and its events had had time to arrive, ${what} of ${skuId} were left: whoever lives by them does not know of the whole sale.`,
        operations: [],
      },
    };
  }
  return undefined;
}

/** The event that tells of a movement. */
const EVENT_OF: Record<MovementKind, string> = {
  RESERVED: 'RESERVED',
  SOLD: 'SOLD',
  RELEASED: 'RELEASED',
  EXPIRED: 'RELEASED',
  RETURNED: 'RELEASED',
};

function disagreements(deliveries: LedgerDelivery[], { movementsBySku }: LedgerIndex): string[] {
  const wrong: string[] = [];
  const heard = groupBy(deliveries, ({ skuId, sequence }) => `${skuId} ${sequence}`);
  for (const [skuId, movements] of movementsBySku) {
    for (const { kind, sequence } of movements) {
      const key = `${skuId} ${sequence}`;
      const events = heard.get(key) ?? [];
      heard.delete(key);
      const name = `movement ${sequence} of ${skuId}, ${kind}`;
      if (events.length === 0) wrong.push(`${name}: nothing was heard of it`);
      else if (events.length > 1) wrong.push(`${name}: it was heard of ${events.length} times`);
      else if (events[0]?.type !== EVENT_OF[kind]) {
        wrong.push(`${name}: it was heard of as ${events[0]?.type}`);
      }
    }
  }
  for (const events of heard.values()) {
    for (const { type, skuId, sequence } of events) {
      wrong.push(
        `${type} of ${skuId} as movement ${sequence ?? 'without a number'}: the ledger has no such movement`,
      );
    }
  }
  return wrong;
}
