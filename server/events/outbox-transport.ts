import type { Pool } from 'pg';
import type { Logger } from '../platform/logging.ts';
import { repeat } from '../platform/repeat.ts';
import type { Delivery } from './delivery.ts';
import type { Consumer } from './event.ts';
import type { EventTransport } from './event-transport.ts';
import { BATCH, hasEvents, listUnhandled, readEvents, tryLock } from './outbox.ts';

/**
 * The transport that reads the outbox itself. Every instance may run it: a lock per group lets one instance at a time take
 * the next events of the group. Rows stay until all groups have handled them (`upkeep.ts`).
 *
 * The outbox is read every `pollIntervalMs`. A NOTIFY from the selling transactions would be faster, but it makes all
 * commits of a database take turns, which costs more than it gains.
 */
export function createOutboxTransport(deps: {
  pool: Pool;
  consumers: Consumer[];
  delivery: Delivery;
  pollIntervalMs: number;
  log: Logger;
}): EventTransport {
  const { pool, consumers, delivery, pollIntervalMs, log } = deps;
  const underWay = new Map<Consumer, Promise<void>>();

  async function deliverAll(consumer: Consumer, signal: AbortSignal): Promise<void> {
    let waiting: number[] | undefined;
    do {
      await delivery.deliver(
        consumer,
        async (tx) => {
          if (!(await tryLock(tx, consumer.group))) waiting = [];
          waiting ??= await listUnhandled(tx, consumer);
          return readEvents(tx, waiting.splice(0, BATCH));
        },
        signal,
      );
    } while (waiting !== undefined && waiting.length > 0 && !signal.aborted);
  }

  const loop = repeat({
    intervalMs: pollIntervalMs,
    async pass(signal) {
      if (!(await hasEvents(pool))) return;
      // A group that is still delivering is left out, so that the others do not wait for it.
      for (const consumer of consumers.filter((each) => !underWay.has(each))) {
        const delivering = deliverAll(consumer, signal)
          .catch((error) => {
            if (signal.aborted) return;
            log.warn({ err: error, group: consumer.group }, 'events will be delivered again');
          })
          .finally(() => underWay.delete(consumer));
        underWay.set(consumer, delivering);
      }
    },
    onFailure: (error) => log.error({ err: error }, 'the outbox cannot be read; events wait'),
    onRecovery: () => log.info('the outbox can be read again'),
  });

  return {
    start: loop.start,
    async stop() {
      await loop.stop();
      await Promise.all(underWay.values());
    },
  };
}
