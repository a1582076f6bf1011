import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { Clock } from '../../../src/kernel/clock.ts';
import { REFUSAL_LAG_MS } from '../../../src/protocol/reservations.ts';
import type { HoldRequest } from '../ledger.ts';

/** The stock of a SKU as the ledger has it at one moment. */
export interface Stock {
  available: number;
  sequence: number;
}

export interface SoldOutMemory {
  /**
   * Returns true when the ledger had too few units, and none of them was this buyer's, at some moment of the last
   * `REFUSAL_LAG_MS`.
   */
  refuses(request: HoldRequest): boolean;
  /**
   * Reads the ledger, or joins a read of the SKU that is under way. Resolves with nothing when the SKU is not on sale or
   * cannot be read.
   */
  refresh(skuId: string): Promise<Stock | undefined>;
  /** Records that this buyer has, or may have, a hold of the SKU. */
  addBuyer(skuId: string, userId: string): void;
  /** Forgets the stock of the SKU, because there may be units again. */
  forget(skuId: string): void;
}

/** While buyers come, the stock is read this often: ten plain reads per second and SKU cost a database nothing. */
const REFRESH_AFTER_MS = 100;

/** The most movements of one read. A process that is further behind must read again before it refuses anybody. */
const MOVEMENTS_MAX = 20_000;

/** The most SKUs remembered. The least recently used one is forgotten first. */
const SKUS_MAX = 1000;

/**
 * A SKU that was not read for so long is forgotten when the next one sells out: each of its buyers takes a hundred bytes, and
 * can be read again.
 */
export const UNREAD_MS_MAX = 60_000;

interface Memory {
  /** Everybody who ever held a unit, up to `sequence`. A buyer too many does no harm: the ledger answers them. */
  buyers: Set<string>;
  sequence: number;
  /** The begin of the last read. */
  readAtMs: number;
  /** The units on sale, at some moment after `askedAtMs`, when the read began. */
  stock?: { available: number; askedAtMs: number };
  /** The number of calls of `forget`, by which a read notices that units came back while it was under way. */
  forgotten: number;
  refreshing?: Promise<Stock | undefined>;
}

/**
 * The memory of a process of which SKUs are sold out. It comes from reads of the ledger, never from a refusal alone: one
 * statement reads how many units are left and, by the movements since the last read, everybody who has one, all at the
 * same moment. So refusals are right whichever server instance the buyers bought at.
 *
 * A read takes no lock. It is repeated in the background while buyers come, so no buyer has to be admitted to find out.
 * When it fails, the last stock becomes too old, and all buyers are answered by the ledger.
 */
export function createSoldOutMemory({ pool, clock }: { pool: Pool; clock: Clock }): SoldOutMemory {
  const memories = new LRUCache<string, Memory>({ max: SKUS_MAX });
  const nowMs = () => clock.monotonicNs() / 1e6;

  return {
    refuses({ skuId, userId, quantity }) {
      const memory = memories.get(skuId);
      if (memory?.stock === undefined || quantity <= memory.stock.available) return false;
      const ageMs = nowMs() - memory.stock.askedAtMs;
      if (ageMs > REFUSAL_LAG_MS || memory.buyers.has(userId)) return false;
      if (ageMs > REFRESH_AFTER_MS) void refresh(skuId);
      return true;
    },
    refresh,
    addBuyer(skuId, userId) {
      // Without a memory of the SKU there is nothing to add: the first read finds this buyer.
      memories.get(skuId)?.buyers.add(userId);
    },
    forget(skuId) {
      const memory = memories.get(skuId);
      if (memory === undefined) return;
      memory.stock = undefined;
      memory.forgotten += 1;
    },
  };

  function refresh(skuId: string): Promise<Stock | undefined> {
    const memory = memories.get(skuId) ?? begin(skuId);
    memory.refreshing ??= readInto(memory, skuId)
      .catch(() => undefined)
      .finally(() => {
        memory.refreshing = undefined;
      });
    return memory.refreshing;
  }

  function begin(skuId: string): Memory {
    const unreadSinceMs = nowMs() - UNREAD_MS_MAX;
    for (const [other, { readAtMs }] of [...memories.entries()]) {
      if (readAtMs < unreadSinceMs) memories.delete(other);
    }
    const memory: Memory = { buyers: new Set(), sequence: 0, readAtMs: nowMs(), forgotten: 0 };
    memories.set(skuId, memory);
    return memory;
  }

  async function readInto(memory: Memory, skuId: string): Promise<Stock | undefined> {
    const askedAtMs = nowMs();
    memory.readAtMs = askedAtMs;
    const { forgotten } = memory;
    const read = await readLedger(pool, skuId, memory.sequence);
    if (read === undefined) {
      memory.stock = undefined;
      return undefined;
    }
    const { available, sequence, buyers } = read;
    for (const userId of buyers) memory.buyers.add(userId);
    memory.sequence = Math.min(sequence, memory.sequence + MOVEMENTS_MAX);
    const knowsEverybody = memory.sequence === sequence;
    if (knowsEverybody && memory.forgotten === forgotten) memory.stock = { available, askedAtMs };
    return { available, sequence };
  }
}

/** The stock of a SKU on sale, and the buyers of its next `MOVEMENTS_MAX` movements behind `sequence`. */
async function readLedger(
  pool: Pool,
  skuId: string,
  sequence: number,
): Promise<(Stock & { buyers: string[] }) | undefined> {
  const { rows } = await pool.query<Stock & { buyers: string[] }>({
    name: 'admission.read-ledger',
    text: `SELECT i.available_count AS available, i.sequence, ARRAY(
             SELECT r.user_id::text
             FROM stock_movements m JOIN reservations r USING (reservation_id)
             WHERE m.sku_id = $1 AND m.sequence > $2 AND m.sequence <= $3 AND m.kind = 'RESERVED'
           ) AS buyers
           FROM inventory i WHERE i.sku_id = $1 AND i.is_on_sale`,
    values: [skuId, sequence, sequence + MOVEMENTS_MAX],
  });
  return rows[0];
}
