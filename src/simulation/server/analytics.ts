import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import type { World } from '../world.ts';
import { type Answer, type Request, refuse } from './answer.ts';
import type { EventLog } from './events.ts';
import type { Stock } from './stock.ts';

type Bucket = LedgerSnapshot['buckets'][number];

/** The server's analytics: every event that a client tells is stored and counted once, and so is every event of the queue. */
export interface Analytics {
  /** Stores the events of a batch, which is known by its key. */
  track(request: Request, batch: { sku: string; key: string; events: number }): Answer;
  tracks(): LedgerSnapshot['tracks'];
  buckets(): Bucket[];
}

const SIZES = ['minute', 'hour', 'day'] as const;
/** The lengths of the parts of a time in ISO text that name its minute, hour and day. */
const LENGTHS = { minute: 16, hour: 13, day: 10 };
const REST = '0000-00-00T00:00:00Z';

export function createAnalytics(world: World, events: EventLog, stock: Stock): Analytics {
  const { clock, random } = world;
  const known = new Set<string>();
  const batches: { request: Request; sku: string; records: number; counted: number; at: string }[] =
    [];

  return {
    track(request, { sku, key, events: told }) {
      const answer = (status: number): Answer => ({ outcome: 'ok', status, sku });
      const add = (records: number, counted = records): void => {
        batches.push({ request, sku, records, counted, at: clock.iso(clock.nowNs()) });
      };
      const name = `${request.buyer} ${key}`;
      if (known.has(name) && !world.errs('twice-told-track')) return answer(200);
      if (random() < 0.05) {
        if (world.errs('refused-track')) {
          known.add(name);
          add(told);
        }
        return refuse('UNAVAILABLE');
      }
      known.add(name);
      if (world.errs('lost-track', 0.1)) return answer(202);
      if (world.errs('half-track', 0.1)) add(told - 1);
      else if (world.errs('miscounted-track', 0.1)) add(told, told - 1);
      else add(told);
      return answer(202);
    },

    tracks: () =>
      batches.map(({ request, sku, records }) => ({
        ...{ row: 'track', skuId: sku, callId: request.callId, userId: request.buyer },
        ...{ records, callRecords: records },
      })),

    buckets() {
      const buckets = new Map<string, Bucket>();
      function count(
        what: { type: string; sku: string; at: string },
        counted: { records: number; events: number; units: number },
      ): Bucket[] {
        return SIZES.map((size) => {
          const begin = what.at.slice(0, LENGTHS[size]);
          const at = begin + REST.slice(LENGTHS[size]);
          const name = `${what.type} ${what.sku} ${size} ${at}`;
          const bucket = buckets.get(name) ?? {
            ...{ row: 'bucket', skuId: what.sku, type: what.type, size, at },
            ...{ records: 0, events: 0, units: 0 },
            ...{ storedRecords: null, storedEvents: null, storedUnits: null },
          };
          buckets.set(name, bucket);
          bucket.records += counted.records;
          bucket.events += counted.events;
          bucket.units += counted.units;
          return bucket;
        });
      }
      for (const { sku, records, counted, at } of batches) {
        const told = { records: counted, events: counted * 10, units: counted * 20 };
        for (const bucket of count({ type: 'product.viewed', sku, at }, told)) {
          bucket.storedRecords = (bucket.storedRecords ?? 0) + records;
          bucket.storedEvents = (bucket.storedEvents ?? 0) + records * 10;
          bucket.storedUnits = (bucket.storedUnits ?? 0) + records * 20;
        }
      }
      const movementOf = new Map(
        stock.movements.map((movement) => [`${movement.skuId} ${movement.sequence}`, movement]),
      );
      for (const { group, topic, type, skuId, sequence } of events.deliveries) {
        const name = NAMES[`${topic} ${type}`];
        if (group !== 'analytics' || name === undefined) continue;
        if (world.errs('uncounted-event', 0.05)) continue;
        const movement = movementOf.get(`${skuId} ${sequence}`);
        const units = movement?.quantity ?? 0;
        const at = movement?.at ?? clock.iso(clock.nowNs());
        const isWrong = units > 1 && world.errs('events-not-units');
        count(
          { type: name, sku: skuId, at },
          { records: 1, events: 1, units: isWrong ? 1 : units },
        );
      }
      return [...buckets.values()];
    },
  };
}

/** The names under which events of the queue are counted. */
const NAMES: Record<string, string> = {
  'flash-sale-reservations CREATED': 'reservation.created',
  'flash-sale-reservations CONFIRMED': 'reservation.confirmed',
  'flash-sale-reservations EXPIRED': 'reservation.expired',
  'flash-sale-reservations CANCELLED': 'reservation.cancelled',
  'flash-sale-inventory-updates RESERVED': 'stock.reserved',
  'flash-sale-inventory-updates SOLD': 'stock.sold',
  'flash-sale-inventory-updates RELEASED': 'stock.released',
  'flash-sale-orders ORDER_CREATED': 'order.created',
  'flash-sale-orders ORDER_CANCELLED': 'order.cancelled',
  'flash-sale-orders ORDER_FULFILLED': 'order.fulfilled',
  'flashsale.tickets ticket.purchased': 'ticket.purchased',
  'flashsale.tickets ticket.cancelled': 'ticket.cancelled',
  'flashsale.tickets ticket.checked-in': 'ticket.checked-in',
};
