import { describe, expect, it } from 'vitest';
import { copyOfEvidence, type Damage } from '../../test/judge/damages/damage.ts';
import { damagesOfFrame } from '../../test/judge/damages/frame.ts';
import { damagesOfRows } from '../../test/judge/damages/rows.ts';
import { damagesOfScrapes } from '../../test/judge/damages/scrapes.ts';
import { simulateSale } from '../simulation/simulate-sale.ts';
import type { Evidence } from './evidence.ts';
import { judge } from './verdict.ts';

/** Damages that do not show in a verdict, by the names of sale and damage, each with the reason. */
const UNSEEN: [RegExp, string][] = [
  [/call [\w-]+\.requestId:/, 'the id is for people who search a log'],
  [/call read\.status:/, 'the meaning of the answer is its outcome'],
  [/call [\w-]+\.invokedAtNs: less/, 'a call that may have begun earlier proves less'],
  [
    /call (confirm|release|cancel|redeem|read|check-in)\.quantity:/,
    'such a request names no quantity',
  ],
  [/call (release|cancel|read)\.callId:/, 'no row keeps the id of such a call'],
  [/call read\.(buyer|sku|outcome|invokedAtNs):/, 'a read is compared by its content'],
  [/call read\.instance:/, 'reads are also made by others'],
  [
    /^flash sales: call release\.(status|instance):/,
    'calls without an answer leave room in the counters of releases',
  ],
  [
    /^flash sales: call \w+\.sequence:/,
    'a worker changes the stock as well, and no answer tells its numbers',
  ],
  [/: reservations \w+\.lapsed: true/, 'only a live reservation can lapse'],
  [
    /^(campaigns|quests): reservations CONFIRMED\.callId: unknown/,
    'a registration may buy the hold that an earlier one left',
  ],
  [/orders FULFILLED\.status: CONFIRMED/, 'an order is handed over by nobody’s call'],
  [/payments \w+\.transactionId:/, 'no call of a history tells its transaction'],
  [/payments (REFUNDED|DECLINED)\.status:/, 'either way the money is with the buyer'],
  [/sale\.unitsPerBuyerMax: more/, 'who may have more may have fewer'],
  [/^(campaigns|quests): sale\.skus\.unitPrice:/, 'a voucher costs nothing'],
  [/sale\.skus\.isReward:/, 'a campaign of rewards is registered for like any other'],
  [
    /call track refused as UNAVAILABLE: yes/,
    'a batch that is sent again under its key is stored once',
  ],
  [
    /call check-in\.(callId: exchanged|ticket: (exchanged|unknown))|tickets row\.checkedInByCallId: exchanged/,
    'no row has the code of its ticket',
  ],
  [/notifications ticket\.[\w-]+\.userId: exchanged/, 'an event of a ticket names no user'],
  [/tickets row\.(ticketId|gate): unknown/, 'no call tells the id of a ticket, or the gate'],
  [/vouchers row\.(voucherId|campaignId):/, 'a voucher is known by its code, SKU and order'],
  [/rewards row\.questId:/, 'a reward is known by its SKU and its player'],
  [/attempts \w+\.saleId:/, 'an attempt is known by its SKU and buyer'],
  [/\.eventId:|deliveries .*\.sequence: exchanged/, 'an event is known by what it tells'],
  [/call track\.invokedAtNs:/, 'the bucket of an event is told by the time in the event'],
  [/call track\.idempotencyKey:/, 'the events of a call are stored with the id of the call'],
  [
    /call track\.instance:|flashsale_http_requests_total{POST .analytics.track/,
    'a client may send a batch again, so the counter is no count of calls',
  ],
  [/flashsale_consumer_lag_events/, 'the gauge may be as old as its last refresh'],
  [/flashsale_http_requests_total{GET /, 'reads are also made by others'],
  [
    /flashsale_http_requests_total{.*( 4\d\d|.quests.*)}: three less/,
    'the counter may be behind the answer',
  ],
  [
    /flashsale_stock_movements_total{EXPIRED}: three more/,
    'the sweeper works for earlier sales, too',
  ],
];

const BASKETS = { skus: 3, quantityMax: 2, basketRate: 0.5 } as const;

const SALES = {
  reservations: { flow: 'reserve', skus: 2, quantityMax: 3 },
  campaigns: { flow: 'register', skus: 2 },
  quests: { flow: 'quest', skus: 2 },
  'flash sales': { flow: 'attempt', skus: 2 },
  analytics: { flow: 'reserve', skus: 2, trackRate: 0.5 },
  tickets: { flow: 'tickets', skus: 2, quantityMax: 2 },
  baskets: { flow: 'reserve', ...BASKETS },
  'ticket baskets': { flow: 'tickets', ...BASKETS },
} as const;

/** Damages of how the evidence was recorded: they are the same in every sale. */
const NOT_AS_ALWAYS = /^(?!books|generator|history|scrapes)/;

/** The damages of a sale that are tried, where others are tried on another sale. */
const TRIED: Partial<Record<keyof typeof SALES, RegExp>> = {
  campaigns: NOT_AS_ALWAYS,
  quests: NOT_AS_ALWAYS,
  'flash sales': NOT_AS_ALWAYS,
  analytics: /^call track|^tracks|^buckets|analytics/,
  tickets: /^call (buy|check-in)|^tickets|ticket/,
  baskets: /^call \w+\.basket|^lines|basket/,
  'ticket baskets': /^call \w+\.(basket|ticket)|^lines|basket/,
};

const saleOf = (name: keyof typeof SALES): Evidence =>
  simulateSale({
    ...{ seed: 7, buyers: 150, total: 15, arrivalRate: 1_000, instances: 2 },
    ...{ paymentMs: 20, readRate: 0.3, ...SALES[name] },
  }).evidence;

function unseenIn(evidence: Evidence, tried = /^/): string[] {
  const damages = [
    ...damagesOfFrame(evidence),
    ...damagesOfRows(evidence),
    ...damagesOfScrapes(evidence),
  ];
  const isUnseen = ({ apply }: Damage) => {
    const copy = copyOfEvidence(evidence);
    apply(copy);
    copy.operations.sort((a, b) => a.invokedAtNs - b.invokedAtNs);
    return judge(copy).status === 'valid';
  };
  return damages
    .filter((damage) => tried.test(damage.name) && isUnseen(damage))
    .map(({ name }) => name);
}

const names = Object.keys(SALES) as (keyof typeof SALES)[];

describe('the evidence of a correct sale', () => {
  it.each(names)('is valid as it is: %s', (name) => {
    expect(judge(saleOf(name))).toMatchObject({ status: 'valid' });
  });

  it('is not valid with one fact changed, but for facts that prove nothing', {
    timeout: 180_000,
  }, () => {
    const unseen = names.flatMap((name) =>
      unseenIn(saleOf(name), TRIED[name]).map((damage) => `${name}: ${damage}`),
    );
    const isExcused = (damage: string) => UNSEEN.some(([pattern]) => pattern.test(damage));
    expect(unseen.filter((damage) => !isExcused(damage))).toEqual([]);
    const idle = UNSEEN.filter(([pattern]) => !unseen.some((damage) => pattern.test(damage)));
    expect(idle).toEqual([]);
  });
});
