import type { Pool } from 'pg';
import type { Logger } from '../platform/logging.ts';
import { transaction } from '../platform/postgres.ts';
import { repeat } from '../platform/repeat.ts';
import type { Delivery } from './delivery.ts';
import type { Consumer } from './event.ts';
import type { EventTransport } from './event-transport.ts';
import { BATCH, hasEvents, listUnhandled, readEvents, subscribe, tryLock } from './outbox.ts';
import { createChangedSkus, type Heads } from './stock-log/changed-skus.ts';
import type { StockDelivery } from './stock-log/stock-delivery.ts';
import { stockTopicsOf } from './stock-log/stock-events.ts';

/** While nothing has happened for long, the looks for events are so many intervals apart. */
const IDLE_INTERVALS = 4;

/**
 * The transport that needs PostgreSQL alone: it reads the stock movements and the outbox. Every instance may run it: a lock
 * per group lets one instance at a time take the next events of the group. Rows of the outbox stay until all groups have
 * handled them (`upkeep.ts`).
 *
 * The events of movements come before those of the outbox that were written later: a group lists the events of the outbox
 * first, looks for movements after that, and handles all movements before the events of the list.
 *
 * Both are read every `pollIntervalMs`. A NOTIFY from the selling transactions would be faster, but it makes all commits of
 * a database take turns, which costs more than it gains.
 */
export function createPostgresTransport(deps: {
  pool: Pool;
  consumers: Consumer[];
  delivery: Delivery;
  stockDelivery: StockDelivery;
  pollIntervalMs: number;
  nowMs(): number;
  log: Logger;
}): EventTransport {
  const { pool, consumers, delivery, stockDelivery, pollIntervalMs, nowMs, log } = deps;
  const changed = createChangedSkus({ pool, readers: consumers, nowMs });
  /** The SKUs that each group has still to read. */
  const waiting = new Map<Consumer, Heads>(consumers.map((consumer) => [consumer, new Map()]));
  const underWay = new Map<Consumer, Promise<void>>();
  let isSubscribed = false;

  const headsOf = (consumer: Consumer): Heads => waiting.get(consumer) as Heads;

  /** Puts the SKUs that were found before all groups that hear of stock. */
  function spread(found: Heads): void {
    for (const consumer of consumers) {
      if (stockTopicsOf(consumer).length === 0) continue;
      const heads = headsOf(consumer);
      for (const [skuId, sequence] of found) {
        heads.set(skuId, Math.max(sequence, heads.get(skuId) ?? 0));
      }
    }
  }

  async function deliverAll(
    consumer: Consumer,
    outboxHasEvents: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { group } = consumer;
    const listed = outboxHasEvents ? await list(consumer) : [];
    if (listed === undefined) return;
    if (listed.length > 0 && stockTopicsOf(consumer).length > 0) spread(await changed.lookNow());
    const heads = headsOf(consumer);
    if (!(await stockDelivery.deliver(consumer, heads, { signal, lock: group }))) return;
    let isLocked = true;
    while (isLocked && listed.length > 0 && !signal.aborted) {
      await delivery.deliver(
        consumer,
        async (tx) => {
          isLocked = await tryLock(tx, group);
          return isLocked ? readEvents(tx, listed.splice(0, BATCH)) : [];
        },
        signal,
      );
    }
  }

  /** The events of the outbox that a group has not handled; undefined while another instance delivers to it. */
  const list = (consumer: Consumer): Promise<number[] | undefined> =>
    transaction(pool, async (tx) =>
      (await tryLock(tx, consumer.group)) ? listUnhandled(tx, consumer) : undefined,
    );

  const loop = repeat({
    intervalMs: pollIntervalMs,
    idleIntervalMs: IDLE_INTERVALS * pollIntervalMs,
    async pass(signal) {
      if (!isSubscribed) await subscribe(pool, consumers);
      isSubscribed = true;
      const outboxHasEvents = await hasEvents(pool);
      const found = await changed.look();
      spread(found);
      // A group that is still delivering is left out, so that the others do not wait for it.
      for (const consumer of consumers.filter((each) => !underWay.has(each))) {
        if (!outboxHasEvents && headsOf(consumer).size === 0) continue;
        const delivering = deliverAll(consumer, outboxHasEvents, signal)
          .catch((error) => {
            if (signal.aborted) return;
            log.warn({ err: error, group: consumer.group }, 'events will be delivered again');
          })
          .finally(() => underWay.delete(consumer));
        underWay.set(consumer, delivering);
      }
      return outboxHasEvents || found.size > 0 || underWay.size > 0;
    },
    onFailure: (error) => log.error({ err: error }, 'events cannot be read; they wait'),
    onRecovery: () => log.info('events can be read again'),
  });

  return {
    start: loop.start,
    async stop() {
      await loop.stop();
      await Promise.all(underWay.values());
    },
  };
}
