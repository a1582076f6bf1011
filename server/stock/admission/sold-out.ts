import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { Clock } from '../../../src/kernel/clock.ts';
import { REFUSAL_LAG_MS } from '../../../src/protocol/reservations.ts';
import type { HoldRequest } from '../ledger.ts';

/** What a look at the ledger showed. */
export interface StockSeen {
  available: number;
  sequence: number;
}

export interface SoldOutMemory {
  /**
   * Whether the ledger is known to have had too few units, and this buyer none of them, at some moment of the last
   * `REFUSAL_LAG_MS`.
   */
  refuses(request: HoldRequest): boolean;
  /** Looks at the ledger, unless that is under way. Answers with nothing when the SKU is not on sale or cannot be read. */
  look(skuId: string): Promise<StockSeen | undefined>;
  /** This buyer has, or may have, a hold of the SKU. */
  remember(skuId: string, userId: string): void;
  /** There may be units again. */
  forget(skuId: string): void;
}

/** While buyers come, a look is repeated this often: ten plain reads a second and SKU cost a database nothing. */
const LOOK_AGAIN_AFTER_MS = 100;

/** Movements read in one look. Who has more to catch up with looks again before it refuses anybody. */
const MOVEMENTS_MAX = 20_000;

/** SKUs remembered; the least used one is forgotten first. */
const SKUS_MAX = 1000;

interface Memory {
  /** Everybody who ever held a unit, up to `sequence`; too many does no harm, because they only ask the ledger. */
  buyers: Set<string>;
  sequence: number;
  /** `askedAtMs` is when the look began: what it saw is younger. */
  stock?: { available: number; askedAtMs: number };
  /** Counts `forget`, by which a look notices that units came back behind it. */
  forgotten: number;
  looking?: Promise<StockSeen | undefined>;
}

/**
 * Sold-out as the process remembers it. What it knows comes from looks at the ledger, never from a refusal alone: one
 * statement sees how many units are left and, by the movements since the last look, everybody who has one, all of the
 * same moment. So the order of refusals is right, whichever server instance the buyers bought at.
 *
 * A look is a plain read and waits for no lock. It is made again in the background while buyers come, so nobody has to
 * go through to find out; when it fails, what it last saw lapses and everybody asks the ledger.
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
      if (ageMs > LOOK_AGAIN_AFTER_MS) void look(skuId);
      return true;
    },
    look,
    remember(skuId, userId) {
      // Without a memory of the SKU there is nothing to add: the first look will read of this buyer.
      memories.get(skuId)?.buyers.add(userId);
    },
    forget(skuId) {
      const memory = memories.get(skuId);
      if (memory === undefined) return;
      memory.stock = undefined;
      memory.forgotten += 1;
    },
  };

  function look(skuId: string): Promise<StockSeen | undefined> {
    const memory = memories.get(skuId) ?? { buyers: new Set(), sequence: 0, forgotten: 0 };
    memories.set(skuId, memory);
    memory.looking ??= lookInto(skuId, memory)
      .catch(() => undefined)
      .finally(() => {
        memory.looking = undefined;
      });
    return memory.looking;
  }

  async function lookInto(skuId: string, memory: Memory): Promise<StockSeen | undefined> {
    const askedAtMs = nowMs();
    const { forgotten } = memory;
    const { rows } = await pool.query<StockSeen & { buyers: string[] }>({
      name: 'admission.look',
      text: `SELECT i.available_count AS available, i.sequence, ARRAY(
               SELECT r.user_id::text
               FROM stock_movements m JOIN reservations r USING (reservation_id)
               WHERE m.sku_id = $1 AND m.sequence > $2 AND m.sequence <= $3 AND m.kind = 'RESERVED'
             ) AS buyers
             FROM inventory i JOIN products p USING (sku_id) WHERE i.sku_id = $1 AND p.is_active`,
      values: [skuId, memory.sequence, memory.sequence + MOVEMENTS_MAX],
    });
    const [seen] = rows;
    if (seen === undefined) {
      memory.stock = undefined;
      return undefined;
    }
    for (const userId of seen.buyers) memory.buyers.add(userId);
    memory.sequence = Math.min(seen.sequence, memory.sequence + MOVEMENTS_MAX);
    const knowsEverybody = memory.sequence === seen.sequence;
    if (knowsEverybody && memory.forgotten === forgotten) {
      memory.stock = { available: seen.available, askedAtMs };
    }
    return { available: seen.available, sequence: seen.sequence };
  }
}
