import { groupBy } from '../../kernel/group-by.ts';
import { bulletList, count, skuName } from '../../kernel/wording.ts';
import type { Finding } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import { checkLedger } from '../ledger-check.ts';
import type { LedgerIndex } from '../reading/ledger-index.ts';
import { type ConsumerGroup, compareGroups } from './event-log-agreement/compare-groups.ts';
import { isKnownTopic } from './event-log-agreement/owed-events.ts';

/**
 * Events that tell of another sale than the ledger. Every group that was promised must have handled each event of its
 * topics once: those of stock movements, known by the movement's number, and those of orders, attempts and tickets, known
 * by how many there are. An anomaly is an event that was not handled, handled twice, or handled as another kind; an event of
 * something that does not exist; an event given up.
 *
 * `unknown` while no more events are missing than are still to be delivered: a broker may be away, and they may yet arrive.
 */
export const eventLogAgreement = checkLedger(
  'event-log-agreement',
  ['movement', 'delivery', 'backlog'],
  (ledger, evidence) => {
    const givenUp = describeGivenUp(ledger) ?? describeImpossible(ledger);
    if (givenUp) return givenUp;
    const pending = new Map(ledger.backlog.map(({ skuId, pending }) => [skuId, pending]));
    const waiting = ledger.backlog.find(({ pending }) => pending > 0);
    const groups = groupsOf(ledger, evidence);
    if (groups.length === 0 && !waiting) {
      return { status: 'skipped', summary: 'this target has no consumer of events of a sale' };
    }
    let owed = 0;
    for (const [place, found] of compareGroups(groups, ledger, evidence).entries()) {
      owed += found.owed;
      const lost = [...found.missing].flatMap(([skuId, { events, sentences }]) =>
        events > (pending.get(skuId) ?? 0) ? sentences : [],
      );
      const wrong = [...found.wrong, ...lost];
      if (wrong.length > 0) {
        return describeWrong(groups[place] as ConsumerGroup, wrong, found.owed);
      }
    }
    if (waiting) {
      return {
        status: 'unknown',
        summary: `${count(waiting.pending, 'event')} of ${skuName(waiting.skuId)} ${waiting.pending === 1 ? 'was' : 'were'} still to be delivered when the sale was over; is the broker, or a worker, away?`,
      };
    }
    return {
      status: 'valid',
      summary: `${count(groups.length, 'consumer group')} handled ${count(owed, 'event')}, each once, and nothing is left to deliver`,
    };
  },
);

/** The groups that were promised, and those that handled events all the same, as far as their topics are known. */
function groupsOf({ handledTopics }: LedgerIndex, { sale }: Evidence): ConsumerGroup[] {
  const byGroup = groupBy(handledTopics, ({ group }) => group);
  const promised = sale.evidence.consumers.map(({ group, topics }) => ({
    group,
    topics: topics.filter(isKnownTopic),
    handled: byGroup.get(group) ?? [],
  }));
  const names = new Set(promised.map(({ group }) => group));
  const others = [...byGroup].filter(([group]) => !names.has(group));
  return [
    ...promised,
    ...others.map(([group, handled]) => ({ group, topics: [], handled })),
  ].filter(
    ({ topics, handled }) => topics.length > 0 || handled.some(({ topic }) => isKnownTopic(topic)),
  );
}

function describeWrong(
  { group, topics, handled }: ConsumerGroup,
  wrong: string[],
  owed: number,
): Finding {
  const isDeaf = handled.length === 0;
  return {
    status: 'invalid',
    summary: isDeaf
      ? `consumer group ${group} handled none of ${count(owed, 'event')} of ${topics.join(', ')}`
      : `consumer group ${group} heard of another sale than the ledger has: ${wrong[0]}`,
    witness: {
      prose: bulletList(
        `Consumer group ${group} must handle each event of its topics once, ${count(owed, 'event')} in this sale. What it handled differs from the ledger:`,
        wrong.slice(0, 10),
      ),
      operations: [],
    },
  };
}

/** Finds a SKU with dead letters. */
function describeGivenUp({ backlog }: LedgerIndex): Finding | undefined {
  const sku = backlog.find(({ deadLetters }) => deadLetters > 0);
  if (sku === undefined) return undefined;
  const what = `${count(sku.deadLetters, 'event')} of ${skuName(sku.skuId)}`;
  return {
    status: 'invalid',
    summary: `${what} given up`,
    witness: {
      prose: `Consumers gave up ${what}: whoever lives by them does not know of the whole sale. They are among the dead letters, with what went wrong: flashsale-cli dlq list.`,
      operations: [],
    },
  };
}

/** Finds a SKU with fewer than no events to deliver, or given up: the numbers of such a ledger settle nothing. */
function describeImpossible({ backlog }: LedgerIndex): Finding | undefined {
  const sku = backlog.find(({ pending, deadLetters }) => Math.min(pending, deadLetters) < 0);
  if (sku === undefined) return undefined;
  const what = `the ledger counts ${sku.pending} events of ${skuName(sku.skuId)} as still to be delivered, and ${sku.deadLetters} as given up`;
  return {
    status: 'invalid',
    summary: what,
    witness: { prose: `There are never fewer than none, but ${what}.`, operations: [] },
  };
}
