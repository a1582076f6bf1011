import type { LedgerDelivery, MovementKind } from '../../../../src/protocol/ledger.ts';
import { GROUPS, TOPIC, type Topic } from '../consumers.ts';
import type { World } from '../world.ts';
import type { Instances } from './instances.ts';

/** The events that are written with a movement, by topic. */
const EVENTS_OF: Record<MovementKind, Partial<Record<Topic, string>>> = {
  RESERVED: { reservations: 'CREATED', inventory: 'RESERVED' },
  SOLD: { reservations: 'CONFIRMED', inventory: 'SOLD', orders: 'ORDER_CREATED' },
  RELEASED: { reservations: 'CANCELLED', inventory: 'RELEASED' },
  EXPIRED: { reservations: 'EXPIRED', inventory: 'RELEASED' },
  RETURNED: { reservations: 'CANCELLED', inventory: 'RELEASED', orders: 'ORDER_CANCELLED' },
};

/** Writes events and brings each to every group that reads its topic. */
export interface EventLog {
  moved(kind: MovementKind, sku: string, sequence: number): void;
  /** Writes an event of its own, with the number of the movement that it belongs to, if there is one. */
  publish(topic: Topic, type: string, sku: string, sequence: number | null): void;
  deliveries: LedgerDelivery[];
}

export function createEventLog(world: World, { inc, gauges }: Instances): EventLog {
  const { timeline, options } = world;
  const deliveries: LedgerDelivery[] = [];
  let written = 0;

  function publish(topic: Topic, type: string, sku: string, sequence: number | null): void {
    const eventId = sequence === null ? String(++written) : `m${sequence}`;
    for (const { group, topics } of GROUPS) {
      if (!topics.includes(topic)) continue;
      gauges.waiting.set(group, (gauges.waiting.get(group) ?? 0) + 1);
      timeline.after(world.upToMs(10), () => {
        gauges.waiting.set(group, (gauges.waiting.get(group) ?? 0) - 1);
        if (topic === 'inventory' && world.errs('lost-event', 0.05)) return;
        if (topic === 'orders' && world.errs('lost-order-event', 0.2)) return;
        if (group === 'fraud' && world.errs('deaf-group')) return;
        inc(options.instances - 1, 'flashsale_events_handled_total', { group });
        deliveries.push({
          ...{ row: 'delivery', group, eventId, topic: TOPIC[topic], type, skuId: sku, sequence },
        });
      });
    }
  }

  return {
    deliveries,
    publish,
    moved(kind, sku, sequence) {
      for (const [topic, type] of Object.entries(EVENTS_OF[kind])) {
        publish(topic as Topic, type, sku, sequence);
      }
    },
  };
}
