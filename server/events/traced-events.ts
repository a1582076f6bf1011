import type { PoolClient } from 'pg';
import { type TracePlace, traceOfCall } from '../../src/kernel/trace-ids.ts';
import type { Tracing } from '../platform/tracing.ts';
import type { Consumer, DomainEvent } from './event.ts';

/**
 * Makes spans of what a consumer does. A batch has a trace of its own; each event in it has a span in the trace of the call
 * that caused it, as far as the rows of its reservation and order name one. So nothing more is stored for traces, and a
 * consumer that is not traced asks for nothing.
 *
 * @param kind `producer`: it hands the events on to Kafka
 */
export function traceConsumer(
  consumer: Consumer,
  tracing: Tracing,
  kind: 'producer' | 'consumer' = 'consumer',
): Consumer {
  const { group } = consumer;
  const doing = kind === 'producer' ? 'publish' : 'handle';
  return {
    ...consumer,
    async handle(events, tx) {
      const place = tracing.newPlace();
      const startMs = tracing.nowMs();
      const causes = await findCauses(events, tx);
      let failed = true;
      try {
        await tracing.under(place, () => consumer.handle(events, tx));
        failed = false;
      } finally {
        const times = { startMs, endMs: tracing.nowMs(), failed };
        const caused = events.flatMap((event) => {
          const cause = causeOf(event, causes);
          return cause === undefined ? [] : [{ event, cause, own: tracing.newPlace(cause) }];
        });
        tracing.add({
          ...{ ...place, ...times, kind },
          name: `${doing} batch ${group}`,
          links: caused.map(({ own }) => own),
          attributes: {
            'messaging.consumer.group.name': group,
            'messaging.batch.message_count': events.length,
          },
        });
        for (const { event, cause, own } of caused) {
          tracing.add({
            ...{ ...own, ...times, kind, parentSpanId: cause.spanId, links: [place] },
            name: `${doing} ${event.type}`,
            attributes: {
              'messaging.consumer.group.name': group,
              'messaging.destination.name': event.topic,
              'messaging.message.id': event.eventId,
              'flashsale.waited_ms': times.startMs - event.occurredAt.getTime(),
            },
          });
        }
      }
    },
  };
}

/** The parts of a payload that lead to the call that caused the event. */
interface Names {
  reservationId?: string;
  orderId?: string;
}

const namesIn = ({ payload }: DomainEvent): Names => payload as Names;

/** A malformed id would end the transaction in which the events are handled. */
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The calls that made reservations and orders, by their ids. */
async function findCauses(events: DomainEvent[], tx: PoolClient): Promise<Map<string, string>> {
  const idsOf = (name: keyof Names) => {
    const ids = new Set(events.map((event) => namesIn(event)[name] ?? ''));
    return [...ids].filter((id) => UUID.test(id));
  };
  const { rows } = await tx.query<{ id: string; call_id: string }>({
    name: 'traces.causes',
    text: `SELECT reservation_id::text AS id, call_id FROM reservations
           WHERE reservation_id = ANY ($1::uuid[]) AND call_id IS NOT NULL
           UNION ALL
           SELECT order_id::text, call_id FROM orders
           WHERE order_id = ANY ($2::uuid[]) AND call_id IS NOT NULL`,
    values: [idsOf('reservationId'), idsOf('orderId')],
  });
  return new Map(rows.map(({ id, call_id: callId }) => [id, callId]));
}

/**
 * The call that caused an event: an order was made by a later call than its reservation. Lines of a basket have the id of their
 * call with the number of the line behind it.
 */
function causeOf(event: DomainEvent, causes: Map<string, string>): TracePlace | undefined {
  const { orderId = '', reservationId = '' } = namesIn(event);
  const callId = causes.get(orderId) ?? causes.get(reservationId);
  return traceOfCall(callId?.replace(/\.\d+$/, ''));
}
