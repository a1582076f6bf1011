import type { PoolClient } from 'pg';
import type { DomainEvent } from '../event.ts';
import type { Heads } from './changed-skus.ts';
import { type Place, readPlaces, type Step } from './cursors.ts';
import type { MovementLog, Range, Segment } from './movement-log.ts';
import { sequenceOf } from './stock-events.ts';

/** Movements, and SKUs, whose events are handled in one transaction. */
const MOVEMENTS_MAX = 4000;
const SKUS_MAX = 1000;

/** Events that are handled together, and the steps of the cursors that go with them. */
export interface Batch {
  events: DomainEvent[];
  steps: Step[];
  /** By SKU, the number of the last movement whose events are handled in all topics of the group after this batch. */
  reached: Heads;
}

/**
 * The events that a group has to handle next, with SKUs of `heads` in their order; a head beyond the ledger's last movement is
 * that movement. Removes the SKUs that the group has handled to their heads already. A batch without steps: none of the first
 * SKUs had events for the group.
 */
export async function takeBatch(
  tx: PoolClient,
  movements: MovementLog,
  { group, topics, heads }: { group: string; topics: string[]; heads: Heads },
): Promise<Batch> {
  const skuIds = firstKeys(heads, SKUS_MAX);
  const places = await readPlaces(tx, group, topics, skuIds);
  const ranges = planRanges(heads, skuIds, topics, places);
  if (ranges.length === 0) return { events: [], steps: [], reached: new Map() };
  return toBatch(await movements.read(tx, ranges), topics, places);
}

function firstKeys(heads: Heads, count: number): string[] {
  const keys: string[] = [];
  for (const key of heads.keys()) {
    if (keys.length === count) break;
    keys.push(key);
  }
  return keys;
}

type Places = Map<string, Place>;

/** The next movements to be read, at most `MOVEMENTS_MAX`. Removes the SKUs that are handled to their heads. */
function planRanges(heads: Heads, skuIds: string[], topics: string[], places: Places): Range[] {
  const ranges: Range[] = [];
  let room = MOVEMENTS_MAX;
  for (const skuId of skuIds) {
    const place = places.get(skuId);
    const after = Math.min(...topics.map((topic) => place?.done.get(topic) ?? 0));
    const head = Math.min(heads.get(skuId) ?? 0, place?.head ?? 0);
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
function toBatch(segments: Segment[], topics: string[], places: Places): Batch {
  const batch: Batch = { events: [], steps: [], reached: new Map() };
  for (const { skuId, upTo, events } of segments) {
    batch.reached.set(skuId, upTo);
    const due = new Map<string, number>();
    for (const topic of topics) {
      const from = places.get(skuId)?.done.get(topic) ?? 0;
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
