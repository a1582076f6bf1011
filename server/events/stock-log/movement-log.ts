import type { PoolClient } from 'pg';
import type { MovementKind } from '../../../src/protocol/ledger.ts';
import type { DomainEvent } from '../event.ts';
import { addEvents, sequenceOf } from './stock-events.ts';

/** The movements of a SKU with the numbers after `after`, up to `upTo`. */
export interface Range {
  skuId: string;
  after: number;
  upTo: number;
}

/** The events of a range, in the order of the movements. They are shared by all groups, so nobody may change them. */
export interface Segment extends Range {
  events: DomainEvent[];
}

/** Reads the events of movements that are committed. */
export interface MovementLog {
  /**
   * One segment for each range, in the order of the ranges. A segment begins where its range does, and may end before or
   * behind the end of it.
   */
  read(tx: PoolClient, ranges: Range[]): Promise<Segment[]>;
}

/** Movements that are kept for the other groups: some batches. */
const KEPT_MAX = 30_000;
/** Segments of one SKU that are kept: as many batches as groups are mostly apart. Over Kafka the relay is ahead of them all. */
const SEGMENTS_MAX = 16;

/**
 * Creates the log. Groups mostly read the same movements within moments, so the last segments of each SKU are kept for a
 * while: movements never change, and are read and made into events once for all groups that keep up.
 */
export function createMovementLog(): MovementLog {
  let kept = createKept();

  return {
    read(tx, ranges) {
      const missing = ranges.filter((range) => kept.find(range) === undefined);
      const reading = missing.length === 0 ? undefined : readSegments(tx, missing);
      const segments = ranges.map(
        (range) =>
          kept.find(range) ??
          (reading as NonNullable<typeof reading>).then((read) => read.get(range) as Segment),
      );
      for (const range of missing) {
        const segment = segments[ranges.indexOf(range)] as Promise<Segment>;
        kept.add(range, segment);
        // The callers get the reason. A read that failed is not kept, so the next one tries again.
        segment.catch(() => {
          kept = createKept();
        });
      }
      return Promise.all(
        segments.map(async (segment, place) =>
          beginAfter(await segment, (ranges[place] as Range).after),
        ),
      );
    },
  };
}

/** Keeps the last segments of each SKU, in two generations: when the young one is full, the old one is dropped. */
function createKept() {
  type Entry = Range & { segment: Promise<Segment> };
  let young = new Map<string, Entry[]>();
  let old = new Map<string, Entry[]>();
  let movements = 0;

  return {
    find({ skuId, after }: Range): Promise<Segment> | undefined {
      const covers = (entry: Entry) => entry.after <= after && after < entry.upTo;
      return (young.get(skuId)?.findLast(covers) ?? old.get(skuId)?.findLast(covers))?.segment;
    },
    add(range: Range, segment: Promise<Segment>): void {
      if (movements >= KEPT_MAX) {
        old = young;
        young = new Map();
        movements = 0;
      }
      movements += range.upTo - range.after;
      const entry = { ...range, segment };
      const ofSku = young.get(range.skuId);
      if (ofSku === undefined) young.set(range.skuId, [entry]);
      else if (ofSku.push(entry) > SEGMENTS_MAX) ofSku.shift();
    },
  };
}

function beginAfter(segment: Segment, after: number): Segment {
  if (segment.after === after) return segment;
  const events = segment.events.filter((event) => sequenceOf(event) > after);
  return { ...segment, after, events };
}

type Row = [
  /** The place of the range, from 1. */
  place: number,
  sequence: number,
  kind: MovementKind,
  quantity: number,
  reservationId: string,
  userId: string | null,
  orderId: string | null,
  createdAtMs: number,
];

async function readSegments(tx: PoolClient, ranges: Range[]): Promise<Map<Range, Segment>> {
  // Rows as arrays and times as numbers, because a read of thousands of rows spends its time on making them.
  const { rows } = await tx.query<Row>({
    name: 'stock-log.read',
    text: `SELECT r.place, m.sequence, m.kind, m.quantity, m.reservation_id, m.user_id, m.order_id,
             date_part('epoch', m.created_at) * 1000
           FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS r (sku_id, after, up_to, place)
           CROSS JOIN LATERAL (
             SELECT * FROM stock_movements
             WHERE sku_id = r.sku_id AND sequence > r.after AND sequence <= r.up_to
             ORDER BY sequence
           ) m
           ORDER BY r.place, m.sequence`,
    values: [
      ranges.map(({ skuId }) => skuId),
      ranges.map(({ after }) => after),
      ranges.map(({ upTo }) => upTo),
    ],
    rowMode: 'array',
  });
  const segments = ranges.map((range): Segment => ({ ...range, events: [] }));
  let createdAt = new Date(0);
  for (const [place, sequence, kind, quantity, reservationId, userId, orderId, atMs] of rows) {
    // The movements of a batch have one time.
    if (createdAt.getTime() !== Math.floor(atMs)) createdAt = new Date(atMs);
    const { skuId, events } = segments[place - 1] as Segment;
    const movement = { skuId, sequence, kind, quantity, reservationId, userId, orderId, createdAt };
    addEvents(movement, events);
  }
  return new Map(ranges.map((range, index) => [range, segments[index] as Segment]));
}
