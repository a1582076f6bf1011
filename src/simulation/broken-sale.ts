import type { Bug } from './bugs.ts';
import { type Simulation, simulateSale } from './simulate-sale.ts';
import type { SimulationOptions } from './world.ts';

/** A sale with baskets of two or three lines. */
const BASKETS = { skus: 3, quantityMax: 2, basketRate: 0.6, buyers: 200 };

/** The sale in which a bug can show, where it is not an ordinary one of reservations and checkouts. */
const SHOWS_IN: Partial<Record<Bug, Partial<SimulationOptions>>> = {
  'overfull-campaign': { flow: 'register' },
  'double-redemption': { flow: 'register' },
  'forgotten-reward': { flow: 'quest' },
  'unearned-voucher': { flow: 'quest' },
  'gone-and-given': { flow: 'quest' },
  'ignored-key': { retryRate: 0.3, unitsPerBuyerMax: 2, buyers: 100 },
  'kept-money': { paymentMs: 20 },
  'undecided-attempt': { flow: 'attempt' },
  'stolen-checkout': { theftRate: 0.3 },
  'stolen-release': { theftRate: 0.3 },
  'stolen-cancel': { theftRate: 0.3 },
  'stolen-voucher': { flow: 'register', theftRate: 0.3 },
  'voucher-of-another': { flow: 'register' },
  'row-of-another': { lossRate: 0.1 },
  'rows-not-units': { quantityMax: 3 },
  'events-not-units': { quantityMax: 3 },
  'mixed-skus': { skus: 2 },
  'false-not-active': { holdTtlMs: 300, total: 100 },
  'false-voucher-used': { flow: 'register' },
  'false-already-attempted': { flow: 'attempt' },
  'success-then-pending': { flow: 'attempt', total: 100 },
  'stale-read': { readRate: 0.3 },
  'invented-count': { readRate: 0.3 },
  'other-voucher-told': { flow: 'register' },
  'side-door': { flow: 'register', sideDoorRate: 0.1 },
  'lost-ticket-event': { flow: 'tickets' },
  'repeated-ticket-event': { flow: 'tickets' },
  'deaf-ticket-group': { flow: 'tickets' },
  'double-check-in': { flow: 'tickets' },
  'false-ticket-used': { flow: 'tickets' },
  'forgotten-check-in': { flow: 'tickets' },
  'missing-ticket': { flow: 'tickets', quantityMax: 4 },
  'ticket-of-another': { flow: 'tickets' },
  'lost-track': { trackRate: 0.3 },
  'half-track': { trackRate: 0.3 },
  'twice-told-track': { trackRate: 0.3 },
  'refused-track': { trackRate: 0.3 },
  'miscounted-track': { trackRate: 0.3 },
  'half-held': BASKETS,
  'half-sold': { ...BASKETS, skus: 4, buyers: 400 },
  'half-released': BASKETS,
  'half-cancelled': { ...BASKETS, flow: 'tickets' },
  'half-refunded': { ...BASKETS, flow: 'tickets' },
  'line-of-another': { ...BASKETS, flow: 'tickets' },
  'leaked-line': { ...BASKETS, flow: 'tickets', paymentMs: 20 },
  'false-basket-sold-out': BASKETS,
  'false-sold-out-of-some-line': { ...BASKETS, total: 200 },
  'false-already-reserved-of-some-line': BASKETS,
  'out-of-hours': { flow: 'register', opensMs: 25, closesMs: 60 },
};

/** A sale in which a bug shows: its shape, without the bug. */
export const saleToBreak = (bug: Bug, seed: number): SimulationOptions => ({
  seed,
  buyers: 400,
  total: 30,
  arrivalRate: 4_000,
  holdTtlMs: 60,
  ...SHOWS_IN[bug],
});

/** A sale by a ledger with a bug. */
export const brokenSale = (bug: Bug, seed: number): Simulation =>
  simulateSale({ ...saleToBreak(bug, seed), bug });
