import { expect, it } from 'vitest';
import { booksOf, evidenceOf, SKU, saleOf } from '../../../test/judge/story.ts';
import { answersOnly } from '../../history/manifest.ts';
import { indexLedger, isMade, isStanding, isTaken, sumUnits } from './ledger-index.ts';

const sale = saleOf({ total: 3 });
const books = () =>
  booksOf(sale, [
    { kind: 'RESERVED', hold: 'a', buyer: 'ann', callId: 'try-a' },
    { kind: 'RESERVED', hold: 'b', buyer: 'bob' },
    { kind: 'SOLD', hold: 'a', buyer: 'ann' },
  ]);

it('finds rows by id, and movements in the order of their numbers', () => {
  const ledger = books();
  ledger.movements.reverse();
  const { index } = indexLedger(evidenceOf(sale, [], { ledger }));
  expect(index?.reservationById.get('b')?.userId).toBe('bob');
  expect(index?.ordersByReservation.get('a')).toMatchObject([{ orderId: 'order-a' }]);
  const numbers = index?.movementsBySku.get(SKU)?.map(({ sequence }) => sequence);
  expect(numbers).toEqual([1, 2, 3]);
  expect(index?.movementsByReservation.get('a')?.map(({ kind }) => kind)).toEqual([
    ...['RESERVED', 'SOLD'],
  ]);
});

it('has no index without a ledger', () => {
  expect(indexLedger(evidenceOf(sale, [])).index).toBeUndefined();
  const given = evidenceOf(sale, [], { ledger: books() });
  const unpromised = { ...given, sale: { ...given.sale, evidence: answersOnly } };
  expect(indexLedger(unpromised).index).toBeUndefined();
});

it('counts an order by its state', () => {
  const states = ['PENDING', 'FAILED', 'CANCELLED', 'CONFIRMED', 'FULFILLED'] as const;
  const orders = books().orders.flatMap((order) => states.map((status) => ({ ...order, status })));
  expect(orders.map(isMade)).toEqual([false, false, true, true, true]);
  expect(orders.map(isStanding)).toEqual([false, false, false, true, true]);
});

it('counts a reservation as taken until it lapses or ends', () => {
  const [bought, held] = books().reservations.map((row) => row);
  if (bought === undefined || held === undefined) throw new Error('two reservations expected');
  const rows = [bought, held, { ...held, lapsed: true }, { ...held, status: 'EXPIRED' as const }];
  expect(rows.map(isTaken)).toEqual([true, true, false, false]);
});

it('adds up units', () => {
  expect(sumUnits([{ quantity: 2 }, { quantity: 3 }])).toBe(5);
});

it('knows a column if every row of its kind has a value there', () => {
  const ledger = books();
  Object.assign(ledger.reservations[1] as object, { createdAt: null });
  const { index } = indexLedger(evidenceOf(sale, [], { ledger }));
  expect(index?.knows('reservation', 'createdAt')).toBe(false);
  expect(index?.knows('reservation', 'userId')).toBe(true);
  expect(index?.knows('order', 'createdAt')).toBe(true);
  expect(index?.knows('voucher', 'userId')).toBe(true);
});

it('has the deliveries of the SKUs on sale', () => {
  const delivery = (skuId: string) => ({
    ...{ row: 'delivery' as const, skuId, group: 'mail', topic: 'inventory', eventId: skuId },
    ...{ type: 'RESERVED', sequence: 1 },
  });
  const ledger = { ...books(), deliveries: [SKU, 'CUP'].map(delivery) };
  const { index } = indexLedger(evidenceOf(sale, [], { ledger }));
  expect(
    [...(index?.handledTopics ?? [])].flatMap(({ streams }) =>
      [...streams].map(({ skuId }) => skuId),
    ),
  ).toEqual([SKU]);
});
