import fc from 'fast-check';
import type { LedgerRowKind } from '../../../src/protocol/ledger.ts';
import { COLUMNS, type Disguise } from './described-shop.ts';

const rows: LedgerRowKind[][] = [
  [],
  ['order'],
  ['inventory'],
  ['order', 'inventory'],
  ['reservation'],
  ['reservation', 'order'],
  ['reservation', 'order', 'inventory'],
  ['order', 'payment'],
  ['order', 'voucher'],
];

/** Correct sales of every flow, in a few milliseconds each. */
export const smallSales = fc.record({
  seed: fc.integer({ min: 0 }),
  buyers: fc.integer({ min: 1, max: 150 }),
  total: fc.integer({ min: 0, max: 20 }),
  skus: fc.integer({ min: 1, max: 2 }),
  quantityMax: fc.integer({ min: 1, max: 3 }),
  arrivalRate: fc.integer({ min: 100, max: 20_000 }),
  holdTtlMs: fc.integer({ min: 5, max: 300 }),
  sweepGraceMs: fc.integer({ min: 1, max: 80 }),
  isKilled: fc.boolean(),
  lossRate: fc.constantFrom(0, 0.02, 0.3),
  flow: fc.constantFrom('reserve', 'buy', 'register', 'attempt'),
  retryRate: fc.constantFrom(0, 0.2),
  theftRate: fc.constantFrom(0, 0.3),
  readRate: fc.constantFrom(0, 0.3),
  paymentMs: fc.constantFrom(0, 20),
  lockWaitMs: fc.constantFrom(0, 10),
  refusalLagMs: fc.constantFrom(0, 50),
  basketRate: fc.constantFrom(0, 0.5),
});

/** Shops that give names again. */
export const namings = fc.record({
  holds: fc.constantFrom('never', 'ended', 'sold'),
  perBuyer: fc.boolean(),
  acrossSkus: fc.boolean(),
  orders: fc.boolean(),
  vouchers: fc.boolean(),
  overwrites: fc.boolean(),
});

/** Shops of every kind. Other people buy only what was on sale before: nobody else knows a SKU that was made for the run. */
export const disguises = fc
  .record({
    seed: fc.integer({ min: 0 }),
    rows: fc.constantFrom(...rows),
    hidden: fc.oneof(fc.subarray([...COLUMNS]), fc.constant([])),
    callIds: fc.constantFrom('stored', 'sent', 'none'),
    tellsHolds: fc.boolean(),
    tellsOrders: fc.boolean(),
    sequences: fc.constantFrom(false, false, true),
    codes: fc.constantFrom('own', 'reasons', 'sold-out alone'),
    tellsLines: fc.boolean(),
    tellsBaskets: fc.boolean(),
    renamed: fc.oneof(
      fc.constant([]),
      fc.subarray<Disguise['renamed'][number]>(['order', 'reservation', 'buyer']),
    ),
    keepsEndedOrders: fc.boolean(),
    keepsEndedHolds: fc.constantFrom(true, true, false),
    tellsReading: fc.boolean(),
    unclassifiedRate: fc.constantFrom(0, 0, 0.1),
    limitedRate: fc.constantFrom(0, 0.2),
    strangersRate: fc.constantFrom(0, 0, 0.3),
    knowsTtl: fc.boolean(),
    knowsLimit: fc.boolean(),
    knowsPrice: fc.boolean(),
    olderOrders: fc.constantFrom(undefined, undefined, 0, 3),
  })
  .map((shop) => (shop.strangersRate > 0 ? { ...shop, olderOrders: shop.olderOrders ?? 0 } : shop));
