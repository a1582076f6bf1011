import { describe, expect, it } from 'vitest';
import { ATTEMPTS, attemptOf, inAttempts } from '../../../../test/judge/attempt-story.ts';
import { CAMPAIGN, inCampaign } from '../../../../test/judge/campaign-story.ts';
import { inShop, reservationIn, SHOP_CALLS, shopBooks } from '../../../../test/judge/shop-story.ts';
import {
  type Call,
  evidenceOf,
  keeping,
  refused,
  said,
  saleOf,
  unanswered,
} from '../../../../test/judge/story.ts';
import { TICKETS, withTickets } from '../../../../test/judge/ticket-story.ts';
import type { LedgerSnapshot } from '../../../history/ledger-snapshot.ts';
import type { LedgerRowKind } from '../../../protocol/ledger.ts';
import { attribute } from '../../reading/attribution.ts';
import { judge } from '../../verdict.ts';
import { noLostAcknowledged } from '../no-lost-acknowledged.ts';

const { check } = noLostAcknowledged;
const first = <Row>(rows: Row[]): Row => rows[0] as Row;
const untouched = (): void => {};

it('finds nothing lost in honest books of any kind, and counts the calls that it looked up', () => {
  const summaryOf = (evidence: Parameters<typeof check>[0]) => check(evidence).summary;
  const all = (calls: number) => `the final ledger has all of ${calls} acknowledged calls`;
  expect(summaryOf(inShop())).toBe(all(5));
  expect(summaryOf(inCampaign())).toBe(all(3));
  expect(summaryOf(inAttempts())).toBe(all(4));
});

describe('no call is looked up', () => {
  it('that was not answered yes', () => {
    const others = [
      unanswered('confirm', 'cid', 20, { hold: 'c' }),
      refused('release', 'cid', [20, 30], { hold: 'c' }),
    ];
    expect(check(inShop(untouched, others)).status).toBe('skipped');
  });

  it('of another sale', () => {
    const foreign = said('cancel', 'ann', [40, 50], { sku: 'OTHER', order: 'order-x' });
    expect(check(inShop(untouched, [foreign])).status).toBe('skipped');
  });

  it('of which the target keeps no rows', () => {
    const kept = (call: Call, ...kinds: LedgerRowKind[]) =>
      check(keeping(inCampaign(untouched, [call]), 'reservation', ...kinds)).status;
    const [register, , , redeem] = CAMPAIGN as [Call, Call, Call, Call];
    expect(kept(register)).toBe('skipped');
    expect(kept(register, 'order')).toBe('valid');
    expect(kept(register, 'voucher')).toBe('valid');
    expect(kept(redeem, 'order')).toBe('skipped');
    expect(kept(redeem, 'voucher')).toBe('valid');
    const buy = said('buy', 'ann', [0, 10], { order: 'order-a' });
    expect(kept(buy, 'voucher')).toBe('skipped');
    expect(kept(buy, 'order')).toBe('valid');
  });

  it('that only looked, unless it saw a decision', () => {
    const saw = (decision: string) =>
      check(inAttempts(untouched, [said('read', 'cid', [40, 50], { observed: { decision } })]));
    expect(saw('PENDING').status).toBe('skipped');
    expect(saw('FAILED').status).toBe('valid');
    const evidence = inAttempts(untouched, ATTEMPTS.slice(3));
    expect(check(keeping(evidence, 'reservation')).status).toBe('skipped');
  });
});

describe('a reservation', () => {
  it('is lost when another call made it, as far as calls have ids', () => {
    const other = (calls = SHOP_CALLS) =>
      check(inShop((ledger) => (reservationIn(ledger, 'c').callId = 'try-x'), calls));
    expect(other().witness?.prose).toContain('but in the ledger another call made it');
    const nameless = SHOP_CALLS.map((call) => ({ ...call, callId: undefined }));
    expect(other(nameless).status).toBe('valid');
  });

  it('is not lost when its order was cancelled by the name of the reservation', () => {
    const cancelled = (...calls: Call[]) =>
      check(
        keeping(
          inShop(
            (ledger) => (reservationIn(ledger, 'a').status = 'CANCELLED'),
            [...SHOP_CALLS, ...calls],
          ),
          'reservation',
        ),
      ).status;
    expect(cancelled(said('cancel', 'ann', [40, 50], { hold: 'a' }))).toBe('valid');
    expect(cancelled()).toBe('invalid');
  });

  it('that was given back is not lost when it was sold: that is a wrong transition', () => {
    const evidence = inShop((ledger) => (reservationIn(ledger, 'b').status = 'CONFIRMED'));
    expect(check(evidence).status).toBe('valid');
  });
});

describe('a thing is of another SKU in the ledger', () => {
  const skus = ['SKU-1', 'SKU-2'].map((skuId) => ({ skuId, total: 3 }));
  const proseOf = (tamper: (ledger: LedgerSnapshot) => void, ...more: Call[]) => {
    const ledger = shopBooks();
    tamper(ledger);
    const calls = [...SHOP_CALLS, ...more];
    return check(evidenceOf(saleOf({ skus }), calls, { ledger })).witness?.prose.split('\n');
  };

  it('as a reservation', () => {
    const moved = (ledger: LedgerSnapshot) => (reservationIn(ledger, 'c').skuId = 'SKU-2');
    expect(proseOf(moved)).toEqual([
      expect.stringContaining('1 call was'),
      expect.stringMatching(/asked for 1 unit of SKU-1 .*, but in the ledger it is of SKU-2$/),
    ]);
    const unnamed = said('release', 'cid', [40, 50], { hold: 'c', sku: undefined });
    const released = (ledger: LedgerSnapshot) => {
      moved(ledger);
      reservationIn(ledger, 'c').status = 'CANCELLED';
    };
    expect(proseOf(released, unnamed)).toHaveLength(2);
  });

  it('than one that our own server does not sell', () => {
    const calls = SHOP_CALLS.map((call) =>
      call.kind === 'reserve' && call.hold === 'c' ? { ...call, sku: 'SKU-9' } : call,
    );
    const { witness } = check(evidenceOf(saleOf({ skus }), calls, { ledger: shopBooks() }));
    expect(witness?.prose).toMatch(
      /asked for 1 unit of SKU-9 .*, but in the ledger it is of SKU-1/,
    );
  });

  it('as an order', () => {
    const cancel = said('cancel', 'ann', [40, 50], { order: 'order-a' });
    const moved = (ledger: LedgerSnapshot) => {
      Object.assign(first(ledger.orders), { skuId: 'SKU-2', status: 'CANCELLED' });
      reservationIn(ledger, 'a').status = 'CANCELLED';
    };
    expect(proseOf(moved, cancel)).toEqual([
      expect.stringContaining('1 call was'),
      expect.stringMatching(/cancelled order order-a .*, but in the ledger it is of SKU-2$/),
    ]);
  });
});

it('finds the use of a voucher that names no call, unless it was not used or another call did', () => {
  const nameless = { ...(CAMPAIGN[3] as Call), callId: undefined };
  const used = (facts: Partial<LedgerSnapshot['vouchers'][number]>) =>
    check(
      inCampaign(
        ({ vouchers }) => Object.assign(first(vouchers), facts),
        [...CAMPAIGN.slice(0, 3), nameless],
      ),
    ).status;
  expect(used({ usedAt: 'noon', usedByCallId: null })).toBe('valid');
  expect(used({ usedAt: 'noon', usedByCallId: 'use-x' })).toBe('invalid');
  expect(used({ usedAt: null, usedByCallId: null })).toBe('invalid');
});

describe('a purchase', () => {
  it('is of as many units in the ledger as were asked for', () => {
    const asking = (quantity: number) =>
      check(withTickets(untouched, [{ ...first(TICKETS), quantity }]));
    expect(asking(2).status).toBe('valid');
    expect(asking(1).witness?.prose).toMatch(/but in the ledger its order is of 2 units$/);
    const described = withTickets(untouched, [{ ...first(TICKETS), quantity: 1 }]);
    const { attribution } = attribute({
      ...described,
      sale: { ...described.sale, shop: 'corner' },
    });
    expect(attribution).toBeDefined();
    expect(check({ ...described, ...(attribution && { attribution }) }).status).toBe('valid');
  });
});

describe('a check-in', () => {
  const judged = (tamper: (tickets: LedgerSnapshot['tickets']) => void, calls = TICKETS) =>
    check(withTickets(({ tickets }) => tamper(tickets), calls));
  const facts = (ticket: object | undefined, checkedInAt: string | null, by: string | null) =>
    Object.assign(ticket as object, { checkedInAt, checkedInByCallId: by });

  it('is found by the ticket that names its call', () => {
    expect(judged(untouched).status).toBe('valid');
    expect(judged(([a, b]) => [facts(a, null, null), facts(b, 'noon', 'scan-1')]).status).toBe(
      'valid',
    );
    const missing = 'but the ledger has no ticket that this call let in';
    expect(judged(([a]) => facts(a, null, null)).witness?.prose).toContain(missing);
    expect(judged(([a]) => facts(a, 'noon', 'scan-9')).witness?.prose).toContain(missing);
  });

  it('is lost if the ledger has somebody else at the gate', () => {
    const by = (checkedInBy: string | null) =>
      check(
        withTickets(({ tickets }) => {
          first(tickets).checkedInBy = checkedInBy;
        }, TICKETS),
      );
    expect(by('gate').status).toBe('valid');
    expect(by(null).status).toBe('valid');
    expect(by('thief').witness?.prose).toMatch(/but in the ledger thief let it in$/);
    const ofNobody = TICKETS.map((call) =>
      call.kind === 'check-in' ? { ...call, buyer: undefined } : call,
    );
    expect(judged(untouched, ofNobody).status).toBe('valid');
  });

  it('may be at a gate of another name in a described shop', () => {
    const evidence = withTickets(({ tickets }) => {
      first(tickets).checkedInBy = 'gate 1';
    }, TICKETS);
    const statusIn = (shop: string | undefined) =>
      judge({ ...evidence, sale: { ...evidence.sale, shop } }).checks.find(
        ({ name }) => name === 'no-lost-acknowledged',
      )?.status;
    expect(statusIn('corner-shop')).toBe('valid');
    expect(statusIn(undefined)).toBe('invalid');
  });

  it('may be that of a ticket which names no call', () => {
    expect(judged(([a]) => facts(a, 'noon', null)).status).toBe('valid');
    expect(judged(([a, , c]) => [facts(a, null, null), facts(c, 'noon', null)]).status).toBe(
      'valid',
    );
  });

  it('is found by any call of its wish, and not asked for one without an id', () => {
    const key = { idempotencyKey: 'scan' };
    const again = said('check-in', 'gate', [22, 32], {
      ...{ ...key, sku: undefined, callId: 'scan-3', ticket: 'TICKET-1' },
    });
    const calls = TICKETS.map((call) => (call.callId === 'scan-1' ? { ...call, ...key } : call));
    expect(judged(([a]) => facts(a, 'noon', 'scan-3'), [...calls, again]).status).toBe('valid');
    const nameless = TICKETS.map((call) =>
      call.callId === 'scan-1' ? { ...call, callId: undefined } : call,
    );
    expect(judged(([a]) => facts(a, null, null), nameless).status).toBe('valid');
  });

  it('is not looked up where no tickets are kept', () => {
    const evidence = withTickets(untouched, TICKETS.slice(2));
    expect(check(keeping(evidence, 'reservation', 'ticket')).status).toBe('valid');
    expect(check(keeping(evidence, 'reservation', 'order')).status).toBe('skipped');
  });
});

it('looks up no events that were told to the analytics, and no voucher without a code', () => {
  const told = [said('track', 'ann', [0, 10]), said('redeem', 'ann', [0, 10])];
  expect(check(inCampaign(untouched, told)).status).toBe('skipped');
});

describe('a name that a described shop gave to several things', () => {
  const judged = (calls: Call[], ...names: string[]) => {
    const evidence = inCampaign(untouched, calls);
    const { ledger } = inCampaign(({ vouchers, orders, reservations }) => {
      for (const rows of [vouchers, orders, reservations]) rows.length = 0;
    }, []);
    return check({ ...evidence, ledger, sharedNames: new Set(names) }).status;
  };

  it('is not looked up: the row of one thing may be written over that of another', () => {
    const calls = [
      said('reserve', 'ann', [0, 10], { hold: 'a' }),
      said('release', 'ann', [20, 30], { hold: 'a' }),
      said('cancel', 'ann', [20, 30], { order: 'o' }),
      said('redeem', 'ann', [20, 30], { voucher: 'v' }),
    ];
    for (const call of calls) {
      expect(judged([call], 'a', 'o', 'v')).toBe('skipped');
      expect(judged([call], 'x')).toBe('invalid');
    }
  });

  it('hides nothing that has another name besides', () => {
    const paid = said('confirm', 'ann', [20, 30], { hold: 'a', order: 'o' });
    expect(judged([paid], 'o')).toBe('skipped');
    const registered = said('register', 'ann', [0, 10], { order: 'o', voucher: 'v' });
    expect(judged([registered], 'v')).toBe('invalid');
    const bought = said('buy', 'ann', [0, 10], { hold: 'a', order: 'o' });
    expect(judged([bought], 'a')).toBe('invalid');
  });
});

describe('an attempt', () => {
  it('is found by its buyer or by its call', () => {
    const changed = (facts: Partial<LedgerSnapshot['attempts'][number]>) =>
      check(
        inAttempts(({ attempts }) => Object.assign(first(attempts), facts), ATTEMPTS.slice(0, 3)),
      ).status;
    expect(changed({ callId: null })).toBe('valid');
    expect(changed({ userId: 'eve' })).toBe('valid');
    expect(changed({ userId: 'eve', callId: null })).toBe('invalid');
    expect(changed({ status: 'PENDING' })).toBe('invalid');
  });

  it('is one of several that its buyer made, if the answer names it', () => {
    const told = (decision: string, first: 'SUCCESS' | 'FAILED', order: string) => {
      const tried = (name: string) =>
        said('attempt', 'ann', [0, 10], { order: name, callId: `try-${name}` });
      const read = said('read', 'ann', [40, 50], { order, observed: { decision } });
      const second = first === 'SUCCESS' ? 'FAILED' : 'SUCCESS';
      const rows = (ledger: LedgerSnapshot) => {
        ledger.attempts = [
          { ...attemptOf('one', 'ann'), status: first },
          { ...attemptOf('two', 'ann'), status: second },
        ];
      };
      return check(inAttempts(rows, [tried('one'), tried('two'), read])).status;
    };
    expect(told('SUCCESS', 'SUCCESS', 'one')).toBe('valid');
    expect(told('SUCCESS', 'FAILED', 'one')).toBe('invalid');
    expect(told('FAILED', 'SUCCESS', 'one')).toBe('invalid');
    expect(told('FAILED', 'FAILED', 'one')).toBe('valid');
  });

  it('may be the one of several that got nothing, if the answer names none', () => {
    const failed = said('read', 'ann', [40, 50], { observed: { decision: 'FAILED' } });
    const rows = (second: 'SUCCESS' | 'FAILED') =>
      check(
        inAttempts(
          (ledger) => {
            const two = { ...attemptOf('two', 'ann'), status: second };
            ledger.attempts = [attemptOf('one', 'ann'), two];
          },
          [failed],
        ),
      ).status;
    expect(rows('FAILED')).toBe('valid');
    expect(rows('SUCCESS')).toBe('invalid');
  });

  it('is in the ledger as its buyer was told', () => {
    const told = (buyer: string, decision: string) => {
      const { witness } = check(
        inAttempts(untouched, [said('read', buyer, [40, 50], { observed: { decision } })]),
      );
      return witness?.prose.split(', but ')[1];
    };
    expect(told('ann', 'SUCCESS')).toBeUndefined();
    expect(told('cid', 'FAILED')).toBeUndefined();
    expect(told('dan', 'FAILED')).toBeUndefined();
    expect(told('ann', 'FAILED')).toBe(
      'they were told that they got nothing, and in the ledger they did',
    );
    expect(told('dan', 'SUCCESS')).toBe(
      'they were told of a purchase, and in the ledger their attempt is missing',
    );
  });
});
