import type { LedgerDelivery, LedgerNotification, MovementKind } from '../../protocol/ledger.ts';
import { GROUPS, TOPIC, type Topic } from '../consumers.ts';
import { STRANGER, type World } from '../world.ts';
import type { Instances } from './instances.ts';

/** The events that are written with a movement, by topic. */
const EVENTS_OF: Record<MovementKind, Partial<Record<Topic, string>>> = {
  RESERVED: { reservations: 'CREATED', inventory: 'RESERVED' },
  SOLD: { reservations: 'CONFIRMED', inventory: 'SOLD', orders: 'ORDER_CREATED' },
  RELEASED: { reservations: 'CANCELLED', inventory: 'RELEASED' },
  EXPIRED: { reservations: 'EXPIRED', inventory: 'RELEASED' },
  RETURNED: { reservations: 'CANCELLED', inventory: 'RELEASED', orders: 'ORDER_CANCELLED' },
};

/** The types of events of which a buyer is told. */
const TOLD = new Set([
  ...['EXPIRED', 'ORDER_CREATED', 'ORDER_CANCELLED'],
  ...['ticket.purchased', 'ticket.cancelled', 'ticket.checked-in'],
]);

/** Writes events and brings each to every group that reads its topic. */
export interface EventLog {
  moved(kind: MovementKind, about: About & { sequence: number }): void;
  /** Writes an event of its own, with the number of the movement that it belongs to, if there is one. */
  publish(topic: Topic, type: string, about: About): void;
  deliveries: LedgerDelivery[];
  notifications: LedgerNotification[];
}

/** The SKU and the buyer whom an event concerns. */
export interface About {
  sku: string;
  buyer: string;
  sequence: number | null;
}

export function createEventLog(world: World, { inc, gauges }: Instances): EventLog {
  const { timeline, options } = world;
  const deliveries: LedgerDelivery[] = [];
  const notifications: LedgerNotification[] = [];
  let written = 0;

  /** Has the notifying group tell a buyer of an event. */
  function tell(kind: string, eventId: string, { sku, buyer, sequence }: About): void {
    const isWrong = !TOLD.has(kind) && sequence !== null && world.errs('told-of-nothing', 0.1);
    if (!TOLD.has(kind) && !isWrong) return;
    if (!isWrong && world.errs('never-told', 0.2)) return;
    const times = !isWrong && world.errs('told-twice', 0.2) ? 2 : 1;
    for (let time = 0; time < times; time++) {
      notifications.push({
        ...{ row: 'notification', skuId: sku, kind: isWrong ? 'ORDER_CREATED' : kind },
        userId: !isWrong && world.errs('told-stranger', 0.2) ? STRANGER : buyer,
        sequence,
        eventId: sequence === null ? eventId : null,
      });
    }
  }

  function publish(topic: Topic, type: string, about: About): void {
    const { sku, sequence } = about;
    const eventId = sequence === null ? String(++written) : `m${sequence}`;
    const handle = (group: string): void => {
      inc(options.instances - 1, 'flashsale_events_handled_total', { group });
      deliveries.push({
        ...{ row: 'delivery', group, eventId, topic: TOPIC[topic], type, skuId: sku, sequence },
      });
    };
    for (const { group, topics } of GROUPS) {
      if (!topics.includes(topic)) continue;
      gauges.waiting.set(group, (gauges.waiting.get(group) ?? 0) + 1);
      timeline.after(world.upToMs(10), () => {
        gauges.waiting.set(group, (gauges.waiting.get(group) ?? 0) - 1);
        if (topic === 'inventory' && world.errs('lost-event', 0.05)) return;
        if (topic === 'orders' && world.errs('lost-order-event', 0.2)) return;
        if (topic === 'tickets' && world.errs('lost-ticket-event', 0.05)) return;
        if (group === 'fraud' && world.errs('deaf-group')) return;
        if (group === 'show-counts' && world.errs('deaf-ticket-group')) return;
        handle(group);
        if (group === 'notification') tell(type, eventId, about);
        if (topic === 'tickets' && world.errs('repeated-ticket-event', 0.05)) handle(group);
      });
    }
  }

  return {
    deliveries,
    notifications,
    publish,
    moved(kind, about) {
      for (const [topic, type] of Object.entries(EVENTS_OF[kind])) {
        publish(topic as Topic, type, about);
      }
    },
  };
}
