import type { Pool } from 'pg';
import { coalesce } from '../../platform/coalesce.ts';
import type { Consumer } from '../event.ts';
import type { Heads } from '../stock-log/changed-skus.ts';
import type { StockDelivery } from '../stock-log/stock-delivery.ts';
import { lastMovementOf, type Message } from './message.ts';

/**
 * Returns a function that brings a group up to the movements that messages of one topic tell of, and resolves when their
 * events are handled. The messages of several partitions that come meanwhile are one delivery, because a transaction costs
 * the same for one event as for a hundred.
 *
 * Topics are handled for themselves: the partitions of a SKU in two topics may be read by two instances, which would be in
 * each other's way.
 */
export function createCatchUp(deps: {
  pool: Pool;
  stockDelivery: StockDelivery;
  consumer: Consumer;
  signal: AbortSignal;
}): (messages: Message[]) => Promise<void> {
  const { pool, stockDelivery, consumer, signal } = deps;
  /** By topic, how far messages have told that are not being delivered yet. */
  const waiting = new Map<string, Heads>();

  const deliverTopic = coalesce(async (topic: string) => {
    const told = waiting.get(topic) ?? new Map();
    waiting.delete(topic);
    const heads = await readHeads(pool, told);
    await stockDelivery.deliver({ ...consumer, topics: [topic] }, heads, { signal });
    // The messages of events that were not handled must come again.
    if (heads.size > 0) signal.throwIfAborted();
  });

  return async (messages) => {
    for (const message of messages) {
      const last = lastMovementOf(message);
      if (last !== undefined) raise(waiting, message, last);
    }
    const topics = new Set(messages.map(({ topic }) => topic));
    await Promise.all([...topics].map(deliverTopic));
  };
}

function raise(waiting: Map<string, Heads>, { topic, key }: Message, sequence: number): void {
  const told: Heads = waiting.get(topic) ?? new Map();
  waiting.set(topic, told);
  if (sequence > (told.get(key) ?? 0)) told.set(key, sequence);
}

/** The numbers that messages told, never more than the ledger has, whatever the messages say. */
async function readHeads(pool: Pool, told: Heads): Promise<Heads> {
  const { rows } = await pool.query<{ sku_id: string; sequence: number }>({
    name: 'stock-log.read-heads',
    text: 'SELECT sku_id, sequence FROM inventory WHERE sku_id = ANY ($1)',
    values: [[...told.keys()]],
  });
  return new Map(
    rows.map(({ sku_id, sequence }) => [sku_id, Math.min(sequence, told.get(sku_id) ?? 0)]),
  );
}
