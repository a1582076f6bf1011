import { check, sleep } from 'k6';
import { Counter } from 'k6/metrics';
import type { Options } from 'k6/options';
import { type Buyer, decide, planSale, type Sku, skuOnSale, thisBuyer } from './lib/sale.ts';
import {
  type Answer,
  attempt,
  checkOut,
  isOk,
  isRefused,
  register,
  takeUnits,
} from './lib/shop.ts';

/**
 * Campaigns that open after the load has begun and close before it ends. Some buyers come before, some after, and a crowd in
 * the moment of the opening. Whenever they come, some try the other doors of the shop for a campaign's units: a reservation
 * of ten with a checkout for nothing, an attempt. Only who registers in time gets anything, and that is one voucher.
 */
export const sale = planSale({
  needs: ['register', 'reserve', 'confirm', 'attempt'],
  sells: 'campaign',
  skus: [{ stock: 100 }, { stock: 50 }],
  buyers: 1_500,
  hours: { opensAfterMs: 6_000, closesAfterMs: 12_000 },
  challenges: ['other-door', 'out-of-hours', 'several-skus'],
});

const vouchersIssued = new Counter('vouchers_issued');

/** Buyers who come before the opening, and as many after the end. */
const OUTSIDERS = Math.ceil(sale.buyers / 20);
const CROWD = Math.max(1, sale.buyers - 2 * OUTSIDERS);

const comers = (exec: string, iterations: number) => ({
  executor: 'shared-iterations' as const,
  exec,
  vus: Math.min(200, iterations),
  iterations,
  maxDuration: '2m',
});

export const options: Options = {
  scenarios: {
    crowd: comers('inTime', CROWD),
    early: comers('tooEarly', OUTSIDERS),
    late: comers('tooLate', OUTSIDERS),
  },
  thresholds: {
    answered: ['rate>0.95'],
    checks: ['rate>0.95'],
  },
};

export async function inTime(): Promise<void> {
  const [buyer, sku] = [thisBuyer(), skuOnSale()];
  await until(sku.opensAt, decide(0) * 0.2 - 0.05);
  if (decide(1) < 0.1) await tryOtherDoors(buyer, sku);
  const clicks = decide(2) < 0.1 ? 2 : 1;
  const answers = await Promise.all(Array.from({ length: clicks }, () => register(buyer, sku)));
  const vouchers = answers.filter(isOk).length;
  vouchersIssued.add(vouchers);
  check(vouchers, { 'no more than one voucher': (count) => count <= 1 });
}

export async function tooEarly(): Promise<void> {
  const [buyer, sku] = [thisBuyer(CROWD), skuOnSale()];
  const registered = await register(buyer, sku);
  // The clock of the shop may be another, so a yes near the opening is nothing to complain of here.
  if (secondsUntil(sku.opensAt) > 1) expectNothing([registered]);
  await tryOtherDoors(buyer, sku);
}

export async function tooLate(): Promise<void> {
  const [buyer, sku] = [thisBuyer(CROWD + OUTSIDERS), skuOnSale()];
  await until(sku.closesAt, decide(0) * 0.5);
  await tryOtherDoors(buyer, sku);
  const registered = await register(buyer, sku);
  if (secondsUntil(sku.closesAt) < -1) expectNothing([registered]);
}

/** Tries for a campaign's units without registering. */
async function tryOtherDoors(buyer: Buyer, sku: Sku): Promise<void> {
  const reserved = await takeUnits(buyer, sku, decide(3) < 0.5 ? 10 : 1);
  const bought = isOk(reserved) ? [await checkOut(buyer, reserved)] : [];
  expectNothing([reserved, ...bought, await attempt(buyer, sku)]);
}

function expectNothing(answers: Answer[]): void {
  check(answers, { 'nothing beside the front door': (all) => all.every(isRefused) });
}

const secondsUntil = (time: string | undefined): number =>
  time === undefined ? 0 : (Date.parse(time) - Date.now()) / 1_000;

/** Waits until some seconds after a time, unless that is later than the hours of this sale reach. */
async function until(time: string | undefined, secondsAfter: number): Promise<void> {
  const seconds = secondsUntil(time) + secondsAfter;
  if (seconds > 0 && seconds < 30) await sleep(seconds);
}
