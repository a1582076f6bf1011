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

/** Movements after which a new generation of kept ones begins: as many as some batches have. */
const KEPT_MAX = 10_000;
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

/** The movements of a range, each column as a text of values in their order, with commas between them. */
type Row = [
  /** The place of the range, from 1. */
  place: number,
  sequences: string,
  kinds: string,
  quantities: string,
  reservationIds: string,
  /** Nothing between two commas stands for NULL. */
  userIds: string,
  orderIds: string,
  createdAtMs: string,
];

async function readSegments(tx: PoolClient, ranges: Range[]): Promise<Map<Range, Segment>> {
  const { rows } = await tx.query<Row>({
    name: 'stock-log.read',
    // Columns and no rows: of thousands of rows, both sides spend more time on the form of a row than on what is in it.
    text: `SELECT r.place, m.*
           FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS r (sku_id, after, up_to, place)
           CROSS JOIN LATERAL (
             SELECT string_agg(sequence::text, ','), string_agg(kind::text, ','), string_agg(quantity::text, ','),
               string_agg(reservation_id::text, ','), string_agg(coalesce(user_id::text, ''), ','),
               string_agg(coalesce(order_id::text, ''), ','),
               string_agg(floor(date_part('epoch', created_at) * 1000)::text, ',')
             FROM (
               SELECT * FROM stock_movements
               WHERE sku_id = r.sku_id AND sequence > r.after AND sequence <= r.up_to
               ORDER BY sequence
             ) in_order
             HAVING count(*) > 0
           ) m`,
    values: [
      ranges.map(({ skuId }) => skuId),
      ranges.map(({ after }) => after),
      ranges.map(({ upTo }) => upTo),
    ],
    rowMode: 'array',
  });
  const segments = ranges.map((range): Segment => ({ ...range, events: [] }));
  for (const [place, ...columns] of rows) addMovements(segments[place - 1] as Segment, columns);
  return new Map(ranges.map((range, index) => [range, segments[index] as Segment]));
}

/** Adds the events of the movements in these columns to their segment. */
function addMovements({ skuId, events }: Segment, columns: string[]): void {
  const [sequences = [], kinds, quantities, reservationIds, userIds, orderIds, times] = columns.map(
    (column) => column.split(','),
  ) as [string[], string[], string[], string[], string[], string[], string[]];
  let createdAt = new Date(0);
  for (let place = 0; place < sequences.length; place += 1) {
    // The movements of a batch have one time.
    if (place === 0 || times[place] !== times[place - 1])
      createdAt = new Date(Number(times[place]));
    addEvents(
      {
        skuId,
        sequence: Number(sequences[place]),
        kind: kinds[place] as MovementKind,
        quantity: Number(quantities[place]),
        reservationId: reservationIds[place] as string,
        userId: userIds[place] || null,
        orderId: orderIds[place] || null,
        createdAt,
      },
      events,
    );
  }
}
