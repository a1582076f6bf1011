import type { PoolClient } from 'pg';
import { expect, it } from 'vitest';
import { traceOfCall } from '../../src/kernel/trace-ids.ts';
import type { Span } from '../../src/tracing/span.ts';
import { createTracing } from '../platform/tracing.ts';
import type { DomainEvent } from './event.ts';
import { traceConsumer } from './traced-events.ts';

const CALL = '0a1b2c3d-4e5f-8a0b-a1c2-00000000002a';
const RESERVATION = '01890000-0000-7000-8000-000000000001';
const EVENT: DomainEvent = {
  ...{ eventId: 'e-1', topic: 'stock', key: 'SHOE', type: 'CREATED', occurredAt: new Date(0) },
  payload: { reservationId: RESERVATION },
};

it.each([
  ['a reservation', CALL],
  ['a line of a basket', `${CALL}.2`],
])('the event of %s is in the trace of its call', async (_, callId) => {
  const spans: Span[] = [];
  const tracing = createTracing({ add: (span) => spans.push(span) });
  const consumer = traceConsumer({ group: 'mail', topics: [], async handle() {} }, tracing);
  const tx = { query: async () => ({ rows: [{ id: RESERVATION, call_id: callId }] }) };
  await consumer.handle([EVENT], tx as unknown as PoolClient);
  const handled = spans.find(({ name }) => name === 'handle CREATED');
  expect(handled?.traceId).toBe(traceOfCall(CALL)?.traceId);
});
