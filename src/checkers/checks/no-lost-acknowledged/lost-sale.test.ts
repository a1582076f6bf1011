import { describe, expect, it } from 'vitest';
import { CAMPAIGN, inCampaign } from '../../../../test/judge/campaign-story.ts';
import { inShop, reservationIn, SHOP_CALLS } from '../../../../test/judge/shop-story.ts';
import { type Call, keeping } from '../../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../../history/ledger-snapshot.ts';
import { noLostAcknowledged } from '../no-lost-acknowledged.ts';

const { check } = noLostAcknowledged;
const first = <Row>(rows: Row[]): Row => rows[0] as Row;
const untouched = (): void => {};

/** The lines of a witness, each as its kind of call and the words after "but". */
const lostIn = ({ witness }: ReturnType<typeof check>): string[] =>
  (witness?.prose.split('\n').slice(1) ?? []).map((line) => {
    const [, kind] = /(asked for|checked out|gave back|registered for|used)/.exec(line) ?? [];
    return `${kind}: ${line.split(', but ')[1]}`;
  });

describe('a checkout', () => {
  const calls = (facts: Partial<Call>) =>
    SHOP_CALLS.map((call) => (call.kind === 'confirm' ? { ...call, ...facts } : call));
  const late = (ledger: LedgerSnapshot) => {
    ledger.reservations.push({
      ...reservationIn(ledger, 'a'),
      ...{ reservationId: 'd', callId: 'pay-a' },
    });
    reservationIn(ledger, 'a').status = 'EXPIRED';
    first(ledger.orders).reservationId = 'd';
  };

  it('is lost with its reservation', () => {
    const evidence = inShop((ledger) => ledger.reservations.shift());
    expect(lostIn(check(evidence))).toEqual([
      'asked for: the ledger has no reservation a',
      'checked out: the ledger has no reservation a',
    ]);
  });

  it('of a buyer without a name is compared with what its answer names', () => {
    const unnamed = { buyer: undefined, order: 'order-a' };
    expect(check(inShop(untouched, calls(unnamed))).status).toBe('valid');
    expect(check(inShop(late, calls({ ...unnamed, newHold: 'd' }))).status).toBe('valid');
    const byOther = (ledger: LedgerSnapshot) => {
      late(ledger);
      reservationIn(ledger, 'd').callId = 'pay-d';
    };
    expect(check(inShop(byOther, calls({ ...unnamed, newHold: 'd' }))).status).toBe('valid');
    const ofOther = (ledger: LedgerSnapshot) => {
      first(ledger.orders).reservationId = 'c';
      reservationIn(ledger, 'c').status = 'CONFIRMED';
    };
    expect(lostIn(check(inShop(ofOther, calls(unnamed))))).toEqual([
      'checked out: in the ledger order order-a, of which they were told, is for reservation c',
    ]);
  });

  it('has no order for what somebody else was told of, or another call made', () => {
    const ofCid = (ledger: LedgerSnapshot) => {
      first(ledger.orders).reservationId = 'c';
      Object.assign(reservationIn(ledger, 'c'), { status: 'CONFIRMED', callId: null });
    };
    const byOther = (ledger: LedgerSnapshot) => {
      late(ledger);
      reservationIn(ledger, 'd').callId = 'pay-x';
    };
    const told = calls({ order: 'order-a' });
    expect(lostIn(check(inShop(ofCid, told)))).toContain(
      'checked out: in the ledger order order-a, of which they were told, is for reservation c',
    );
    expect(lostIn(check(inShop(byOther, told)))).toEqual([
      'checked out: in the ledger order order-a, of which they were told, is for reservation d',
    ]);
    expect(lostIn(check(inShop(untouched, calls({ order: 'order-a', newHold: 'c' }))))).toEqual([]);
  });

  it('has not the order of which its buyer was told', () => {
    const told = calls({ order: 'order-x' });
    const lost = 'checked out: the ledger has no order order-x, of which they were told';
    expect(lostIn(check(inShop(untouched, told)))).toEqual([
      `${lost}: reservation a has order order-a`,
    ]);
    expect(lostIn(check(inShop((ledger) => (ledger.orders = []), told)))).toEqual([lost]);
  });

  it('that was told of a new hold has no order for the old one', () => {
    const told = calls({ order: 'order-a', newHold: 'd' });
    const forOld = (ledger: LedgerSnapshot) => {
      late(ledger);
      first(ledger.orders).reservationId = 'a';
    };
    expect(lostIn(check(inShop(forOld, told)))).toEqual([
      'checked out: in the ledger order order-a, of which they were told, is for reservation a',
    ]);
  });

  it('is found by an order that stands, whatever failed before', () => {
    const failedFirst = ({ orders }: LedgerSnapshot) =>
      orders.unshift({ ...first(orders), orderId: 'order-0', status: 'FAILED' });
    expect(check(inShop(failedFirst)).status).toBe('valid');
  });

  it('without orders is found by a reservation that was made late, and not missed when cancelled', () => {
    const withoutOrders = (tamper: (ledger: LedgerSnapshot) => void) =>
      lostIn(check(keeping(inShop(tamper), 'inventory', 'reservation')));
    expect(withoutOrders(late)).toEqual([]);
    expect(withoutOrders((ledger) => (reservationIn(ledger, 'a').status = 'CANCELLED'))).toEqual([
      'asked for: in the ledger it is cancelled, which nobody asked for',
    ]);
  });
});

describe('a registration', () => {
  /** Ann’s registration, with changed facts. */
  const judged = (facts: Partial<Call>, tamper: (ledger: LedgerSnapshot) => void = untouched) =>
    inCampaign(tamper, [{ ...(CAMPAIGN[0] as Call), ...facts }]);
  const lost = (facts: Partial<Call>, tamper?: (ledger: LedgerSnapshot) => void) =>
    lostIn(check(judged(facts, tamper)));

  it('is for the reservation of which its buyer was told', () => {
    expect(lost({ hold: 'a' })).toEqual([]);
    expect(lost({ hold: 'b' })).toEqual([
      'registered for: in the ledger its order is for reservation a',
    ]);
    expect(lost({ hold: 'x' })).toEqual([
      'registered for: in the ledger its order is for reservation a',
    ]);
  });

  it('is lost with its reservation, though its order stands', () => {
    expect(lost({}, ({ reservations }) => reservations.shift())).toEqual([
      'registered for: in the ledger the reservation is missing and the order CONFIRMED',
    ]);
  });

  it('that names no order is found by its call, or else by buyer and SKU', () => {
    const unnamed = { order: undefined, voucher: undefined };
    const missing = ['registered for: the ledger has no order for it'];
    const change = (facts: Partial<LedgerSnapshot['orders'][number]>) =>
      lost(unnamed, ({ orders }) => Object.assign(first(orders), facts));
    expect(lost(unnamed)).toEqual([]);
    expect(change({ callId: 'try-a' })).toEqual([]);
    expect(change({ callId: 'try-x' })).toEqual(missing);
    expect(change({ userId: 'eve' })).toEqual(missing);
    expect(lost({ ...unnamed, sku: undefined })).toEqual(missing);
  });

  it('is not missed where neither its order nor its voucher is kept', () => {
    const none = (ledger: LedgerSnapshot) => Object.assign(ledger, { orders: [], vouchers: [] });
    expect(check(keeping(judged({}, none), 'reservation', 'voucher')).summary).toContain('1 of 1');
    expect(lostIn(check(keeping(judged({}, none), 'reservation', 'voucher')))).toEqual([
      'registered for: the ledger has no voucher for it',
    ]);
    const unsold = ({ vouchers }: LedgerSnapshot) => (vouchers.length = 0);
    expect(check(keeping(judged({}, unsold), 'reservation', 'order')).status).toBe('valid');
  });

  it('has a voucher, though its buyer was told of none', () => {
    const untold = { voucher: undefined };
    const gone = ({ vouchers }: LedgerSnapshot) => vouchers.shift();
    expect(lost(untold)).toEqual([]);
    expect(lost(untold, gone)).toEqual(['registered for: the ledger has no voucher for it']);
    expect(lost({ order: undefined, voucher: undefined }, gone)).toEqual([]);
    const ofOthers = ({ vouchers }: LedgerSnapshot) => {
      vouchers.shift();
      first(vouchers).orderId = 'order-x';
    };
    expect(lost(untold, ofOthers)).toEqual(['registered for: the ledger has no voucher for it']);
  });

  it('has its voucher for its own order, as far as both are known and theirs', () => {
    const moved = ({ vouchers }: LedgerSnapshot) => (first(vouchers).orderId = 'order-b');
    const wrong = ['registered for: in the ledger its voucher is of order order-b'];
    expect(lost({}, moved)).toEqual(wrong);
    expect(lost({ buyer: undefined }, moved)).toEqual(wrong);
    expect(lost({ order: undefined })).toEqual([]);
    const ofEve = (ledger: LedgerSnapshot) => {
      moved(ledger);
      first(ledger.vouchers).userId = 'eve';
    };
    expect(lost({}, ofEve)).toEqual([]);
  });
});
