import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import { rootMessage } from '../../../src/kernel/errors.ts';
import { transaction } from '../../platform/postgres.ts';
import { addDeadLetter } from '../dead-letters.ts';
import { createDeadLetterReport, type DeliveryDeps, RETRIES } from '../delivery.ts';
import type { Consumer, DomainEvent } from '../event.ts';
import { tryLock } from '../outbox.ts';
import type { Heads } from './changed-skus.ts';
import { moveCursors, RELAY } from './cursors.ts';
import type { MovementLog } from './movement-log.ts';
import { type Batch, takeBatch } from './next-batch.ts';
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
        let reached: Heads = new Map();
        const outcome = await deliverNext({ consumer, lock, signal, onDone }, async (tx) => {
          const batch = await takeBatch(tx, movements, { group: consumer.group, topics, heads });
          reached = batch.reached;
          return batch;
        });
        if (outcome === 'locked_out') return false;
        if (outcome === 'done') forget(heads, reached);
      }
      return true;
    },
  };

  async function deliverNext(to: To, take: (tx: PoolClient) => Promise<Batch>): Promise<Outcome> {
    let batch: Batch | undefined;
    try {
      return await handle(to, async (tx) => {
        batch = await take(tx);
        return batch;
      });
    } catch (error) {
      const mayBeAnEventsFault = batch !== undefined && batch.events.length > 0;
      if (batch === undefined || !mayBeAnEventsFault || to.consumer.group === RELAY) throw error;
      await throwIfAway();
      return handleApart(to, batch);
    }
  }

  /** Handles a batch in one transaction. Throws the error of the consumer. */
  async function handle(
    { consumer, lock, onDone }: To,
    take: (tx: PoolClient) => Promise<Batch>,
    instead?: (tx: PoolClient) => Promise<void>,
  ): Promise<Outcome> {
    const { group } = consumer;
    const isNoted = instead === undefined && group !== RELAY;
    let events: DomainEvent[] = [];
    try {
      await transaction(pool, async (tx) => {
        if (lock !== undefined && !(await tryLock(tx, lock))) throw new NotNow('locked_out');
        const batch = await take(tx);
        if (batch.steps.length === 0) return;
        events = batch.events;
        observer.underWay(group, events.length);
        const isHere = await moveCursors(tx, group, batch.steps, isNoted ? events : []);
        if (!isHere) throw new NotNow('overtaken');
        if (instead !== undefined) await instead(tx);
        else if (events.length > 0) await consumer.handle(events, tx);
      });
      if (isNoted && events.length > 0) observer.handled(group, events.length);
    } catch (error) {
      if (error instanceof NotNow) return error.outcome;
      throw error;
    } finally {
      observer.underWay(group, -events.length);
    }
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
        reached: new Map(),
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
        return note(await handle(to, async () => part), part);
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
    return rest.length === 0
      ? 'done'
      : handle(to, async () => ({ events: [], steps: rest, reached: new Map() }));
  }

  async function handleAlone(to: To, part: Batch): Promise<Outcome> {
    const { group } = to.consumer;
    const event = part.events[0] as DomainEvent;
    const take = async () => part;
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await handle(to, take);
      } catch (error) {
        await throwIfAway();
        if (attempts >= attemptsMax) {
          const failure = { error: rootMessage(error), attempts };
          let added = 0;
          const outcome = await handle(to, take, async (tx) => {
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

/** Removes the SKUs that are delivered to their heads; a head may have moved on meanwhile. */
function forget(heads: Heads, reached: Heads): void {
  for (const [skuId, sequence] of reached) {
    if (sequence >= (heads.get(skuId) ?? 0)) heads.delete(skuId);
  }
}

const nameOf = (topic: string, skuId: string): string => `${topic}/${skuId}`;
