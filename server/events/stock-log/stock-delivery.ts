import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { rootMessage } from '../../../src/kernel/errors.ts';
import { transaction } from '../../platform/postgres.ts';
import { addDeadLetter } from '../dead-letters.ts';
import { createDeadLetterReport, type DeliveryDeps, RETRIES } from '../delivery.ts';
import type { Consumer, DomainEvent } from '../event.ts';
import { tryLock } from '../outbox.ts';
import type { Heads } from './changed-skus.ts';
import { moveCursors, RELAY, readCursors, type Step } from './cursors.ts';
import type { MovementLog, Range, Segment } from './movement-log.ts';
import { sequenceOf, stockTopicsOf } from './stock-events.ts';

/** Delivers the events of movements. */
export interface StockDelivery {
  /**
   * Brings a group up to the heads, SKU by SKU in the order of the movements, in batches: the events of a batch are handled,
   * the cursors moved and the events noted in one transaction. Removes the SKUs that are done with from `heads`, where
   * others may put more meanwhile.
   *
   * If a batch fails, its events are handled in ever smaller parts, and one that fails alone is tried again with backoff: if
   * it keeps failing it becomes a dead letter, and its neighbours are handled. The relay is an exception, because it does not
   * fail by an event: it throws, and begins again later.
   *
   * @param lock the name of the lock that lets one instance at a time do it; absent where the cursors are enough
   * @param onDone gets the events of each batch after its commit
   * @returns false when another instance has the lock
   * @throws when the database is away, or `signal` aborts a wait; events that were not handled must be delivered again
   */
  deliver(
    consumer: Consumer,
    heads: Heads,
    options: { signal: AbortSignal; lock?: string; onDone?(events: DomainEvent[]): void },
  ): Promise<boolean>;
}

/** Movements, and SKUs, whose events are handled in one transaction. */
const MOVEMENTS_MAX = 4000;
const SKUS_MAX = 1000;

/** Events that are handled together, and the steps of the cursors that go with them. */
interface Batch {
  events: DomainEvent[];
  steps: Step[];
}

/** `overtaken`: another worker has moved a cursor; nothing was done. `locked_out`: another instance has the lock. */
type Outcome = 'done' | 'overtaken' | 'locked_out';

/** Rolls a transaction back that must not be committed, though nothing has failed. */
class NotNow extends Error {
  readonly outcome: Outcome;
  constructor(outcome: Outcome) {
    super(outcome);
    this.outcome = outcome;
  }
}

/** A group that gets events, and how. */
interface To {
  consumer: Consumer;
  lock: string | undefined;
  signal: AbortSignal;
  onDone: ((events: DomainEvent[]) => void) | undefined;
}

export function createStockDelivery(
  deps: DeliveryDeps & { movements: MovementLog },
): StockDelivery {
  const { pool, movements, observer } = deps;
  const { attemptsMax, backoffMs } = { ...RETRIES, ...deps };
  const report = createDeadLetterReport(deps);

  return {
    async deliver(consumer, heads, { signal, lock, onDone }) {
      const topics = stockTopicsOf(consumer);
      while (heads.size > 0 && !signal.aborted) {
        const skuIds = firstKeys(heads, SKUS_MAX);
        const cursors = await readCursors(pool, consumer.group, topics, skuIds);
        const ranges = planRanges(heads, skuIds, topics, cursors);
        if (ranges.length === 0) continue;
        const batch = toBatch(await movements.read(ranges), topics, cursors);
        const outcome = await deliverBatch({ consumer, lock, signal, onDone }, batch);
        if (outcome === 'locked_out') return false;
      }
      return true;
    },
  };

  async function deliverBatch(to: To, batch: Batch): Promise<Outcome> {
    try {
      return await handle(to, batch);
    } catch (error) {
      if (batch.events.length === 0 || to.consumer.group === RELAY) throw error;
      await throwIfAway();
      return handleApart(to, batch);
    }
  }

  /** Handles a batch in one transaction. Throws the error of the consumer. */
  async function handle(
    { consumer, lock, onDone }: To,
    { events, steps }: Batch,
    instead?: (tx: PoolClient) => Promise<void>,
  ): Promise<Outcome> {
    const { group } = consumer;
    const noted = instead === undefined && group !== RELAY ? events : [];
    try {
      await transaction(pool, async (tx) => {
        if (lock !== undefined && !(await tryLock(tx, lock))) throw new NotNow('locked_out');
        if (!(await moveCursors(tx, group, steps, noted))) throw new NotNow('overtaken');
        if (instead !== undefined) await instead(tx);
        else if (events.length > 0) await consumer.handle(events, tx);
      });
    } catch (error) {
      if (error instanceof NotNow) return error.outcome;
      throw error;
    }
    if (noted.length > 0) observer.handled(group, noted.length);
    onDone?.(events);
    return 'done';
  }

  /** Handles the events of a batch that failed, in parts, and moves the cursors along. */
  async function handleApart(to: To, { events, steps }: Batch): Promise<Outcome> {
    const reached = new Map(steps.map((step) => [nameOf(step.topic, step.skuId), step.from]));
    /** The part of the batch that has these events. */
    const partOf = (some: DomainEvent[]): Batch => {
      const ends = new Map(some.map((event) => [nameOf(event.topic, event.key), event]));
      return {
        events: some,
        steps: [...ends].map(([name, event]) => ({
          topic: event.topic,
          skuId: event.key,
          from: reached.get(name) ?? 0,
          to: sequenceOf(event),
        })),
      };
    };
    const note = (outcome: Outcome, part: Batch): Outcome => {
      for (const { topic, skuId, to: end } of part.steps) reached.set(nameOf(topic, skuId), end);
      return outcome;
    };

    async function handleHalves(some: DomainEvent[]): Promise<Outcome> {
      if (some.length === 1) {
        const part = partOf(some);
        return note(await handleAlone(to, part), part);
      }
      const middle = Math.ceil(some.length / 2);
      for (const half of [some.slice(0, middle), some.slice(middle)]) {
        const outcome = await handlePart(half);
        if (outcome !== 'done') return outcome;
      }
      return 'done';
    }

    async function handlePart(some: DomainEvent[]): Promise<Outcome> {
      const part = partOf(some);
      try {
        return note(await handle(to, part), part);
      } catch {
        await throwIfAway();
        return handleHalves(some);
      }
    }

    const outcome = await handleHalves(events);
    if (outcome !== 'done') return outcome;
    // The movements behind the last event cause none.
    const rest = steps
      .map((step) => ({ ...step, from: reached.get(nameOf(step.topic, step.skuId)) ?? 0 }))
      .filter((step) => step.from < step.to);
    return rest.length === 0 ? 'done' : handle(to, { events: [], steps: rest });
  }

  async function handleAlone(to: To, part: Batch): Promise<Outcome> {
    const { group } = to.consumer;
    const event = part.events[0] as DomainEvent;
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await handle(to, part);
      } catch (error) {
        await throwIfAway();
        if (attempts >= attemptsMax) {
          const failure = { error: rootMessage(error), attempts };
          let added = 0;
          const outcome = await handle(to, part, async (tx) => {
            added = await addDeadLetter(tx, group, event, failure);
          });
          if (outcome === 'done') report(group, added, error, event);
          return outcome;
        }
        observer.retried(group);
        await delay(backoffMs * 2 ** (attempts - 1), undefined, { signal: to.signal });
      }
    }
  }

  /** Throws when the database is away: that is not the fault of an event, which is delivered again later. */
  async function throwIfAway(): Promise<void> {
    await pool.query('SELECT 1');
  }
}

const nameOf = (topic: string, skuId: string): string => `${topic}/${skuId}`;

function firstKeys(heads: Heads, count: number): string[] {
  const keys: string[] = [];
  for (const key of heads.keys()) {
    if (keys.length === count) break;
    keys.push(key);
  }
  return keys;
}

type Cursors = Awaited<ReturnType<typeof readCursors>>;

/** The next movements to be read, at most `MOVEMENTS_MAX`. Removes the SKUs that are read to their heads. */
function planRanges(heads: Heads, skuIds: string[], topics: string[], cursors: Cursors): Range[] {
  const ranges: Range[] = [];
  let room = MOVEMENTS_MAX;
  for (const skuId of skuIds) {
    const ofSku = cursors.get(skuId);
    const after = Math.min(...topics.map((topic) => ofSku?.get(topic) ?? 0));
    const head = heads.get(skuId) ?? 0;
    if (after >= head) {
      heads.delete(skuId);
      continue;
    }
    const upTo = Math.min(head, after + room);
    ranges.push({ skuId, after, upTo });
    room -= upTo - after;
    if (room === 0) break;
  }
  return ranges;
}

/** The events of the segments that the group has not handled yet. Its topics may have got differently far. */
function toBatch(segments: Segment[], topics: string[], cursors: Cursors): Batch {
  const batch: Batch = { events: [], steps: [] };
  for (const { skuId, upTo, events } of segments) {
    const due = new Map<string, number>();
    for (const topic of topics) {
      const from = cursors.get(skuId)?.get(topic) ?? 0;
      if (from >= upTo) continue;
      due.set(topic, from);
      batch.steps.push({ topic, skuId, from, to: upTo });
    }
    for (const event of events) {
      const from = due.get(event.topic);
      if (from !== undefined && sequenceOf(event) > from) batch.events.push(event);
    }
  }
  return batch;
}
