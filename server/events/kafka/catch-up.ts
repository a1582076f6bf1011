import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Consumer } from '../event.ts';
import type { Heads } from '../stock-log/changed-skus.ts';
import type { StockDelivery } from '../stock-log/stock-delivery.ts';
import { lastMovementOf, type Message } from './message.ts';

/** The next delivery of a topic, which has not begun yet: how far messages have told, and when it is done. */
interface Gathering {
  told: Heads;
  done: Promise<void>;
}

/**
 * Returns a function that brings a group up to the movements that messages of one topic tell of, and resolves when their
 * events are handled. A transaction costs the same for one event as for a hundred. So a delivery begins a turn of the event
 * loop after its first message, because a read brings messages of all partitions in one turn; and those that come during a
 * delivery are the next one.
 *
 * Topics are handled for themselves: the partitions of a SKU in two topics may be read by two instances, which would be in
 * each other's way.
 */
export function createCatchUp(deps: {
  stockDelivery: StockDelivery;
  consumer: Consumer;
  signal: AbortSignal;
}): (messages: Message[]) => Promise<void> {
  const { stockDelivery, consumer, signal } = deps;
  const gatherings = new Map<string, Gathering>();
  /** By topic, resolves when the last delivery has ended, well or badly. */
  const ends = new Map<string, Promise<void>>();

  async function deliver(topic: string, told: Heads): Promise<void> {
    await stockDelivery.deliver({ ...consumer, topics: [topic] }, told, { signal });
    // The messages of events that were not handled must come again.
    if (told.size > 0) signal.throwIfAborted();
  }

  function begin(topic: string): Gathering {
    const told: Heads = new Map();
    const run = async () => {
      await ends.get(topic);
      await nextTurn();
      gatherings.delete(topic);
      await deliver(topic, told);
    };
    const gathering = { told, done: run() };
    gatherings.set(topic, gathering);
    ends.set(
      topic,
      gathering.done.catch(() => {}),
    );
    return gathering;
  }

  return async (messages) => {
    const joined = new Set<Promise<void>>();
    for (const message of messages) {
      const last = lastMovementOf(message);
      if (last === undefined) continue;
      const { told, done } = gatherings.get(message.topic) ?? begin(message.topic);
      if (last > (told.get(message.key) ?? 0)) told.set(message.key, last);
      joined.add(done);
    }
    await Promise.all(joined);
  };
}
