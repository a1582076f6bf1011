import { answersOnly } from '../../../src/history/manifest.ts';
import type { Operation, OperationKind, SaleFacts } from '../../../src/history/operation.ts';
import { referenceTarget } from '../../../src/target/reference.ts';
import type { Step } from './moment.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** A small history to judge. */
export interface SmallHistory {
  sale: SaleFacts;
  operations: Operation[];
  /** The events that made it, where it was made by a correct shop. */
  truth?: { steps: Step[]; world: World; nowMs: number };
}

export const SKUS = ['SKU-1', 'SKU-2'] as const;
export const BUYERS = ['ann', 'ben', 'cem'] as const;
/** The organizer, who lets tickets in. */
export const GATE = 'gate';

/**
 * The facts of a small sale. A third of the sales have no lapses, because their holds live longer than their histories, and
 * in a sixth a hold may lapse within the call that makes it. Baskets have a line for each of two SKUs.
 * Nobody is told by memory that the vouchers of quests are gone, because that is final.
 */
export function randomSale(random: Random, { sells, inBaskets }: Demand): SaleFacts {
  const lives = Array.from({ length: 3 }, () => random.int(7, 20));
  const skus = SKUS.slice(0, inBaskets || random.chance(25) ? 2 : 1);
  return {
    scenario: 'oracle',
    target: ['http://shop'],
    skus: skus.map((skuId) => ({ skuId, total: random.int(1, 3), ...(sells && FACTS[sells]) })),
    unitsPerBuyerMax: random.int(1, 3),
    holdTtlMs: random.pick([random.int(2, 6), 1_000, 1_000, ...lives]),
    sweepGraceMs: random.int(0, 4),
    ...(sells !== 'rewards' && random.chance(20) && { refusalLagMs: random.int(1, 4) }),
    ...(random.chance(10) && { readLagMs: random.int(1, 4) }),
    refusals: referenceTarget.refusals,
    sellOutExpected: false,
    startedAtMs: Date.UTC(2026, 0, 1, 12),
    startedAtNs: 0,
    evidence: answersOnly,
  };
}

/** The facts of what is sold in one way only. */
const FACTS = {
  tickets: { soldBy: 'tickets' },
  rewards: { soldBy: 'campaign', isReward: true },
} as const;
export type Sold = keyof typeof FACTS;

/** A sale as its buyers want it. */
export interface Demand {
  /** The only thing that is sold, in the way in which our own server sells it. */
  sells?: Sold;
  /** True if some calls want both SKUs, or none. */
  inBaskets?: boolean;
}

/** Numbers the calls in the order of their requests, as a history has them. */
export const numbered = (operations: readonly Operation[]): Operation[] =>
  operations
    .toSorted((a, b) => a.invokedAtNs - b.invokedAtNs || a.id - b.id)
    .map((operation, index) => ({ ...operation, id: index + 1 }));

/** The same call without its answer. What the request named stays. */
export function unanswered(operation: Operation): Operation {
  const {
    kind,
    hold,
    order,
    voucher,
    newHold: _,
    sequence: __,
    observed: ___,
    ...rest
  } = operation;
  const asks = asksOf(kind);
  return {
    ...rest,
    ...{ kind, outcome: 'info', status: 0, code: 'ECONNRESET', completedAtNs: Infinity },
    ...(asks === 'hold' && hold !== undefined && { hold }),
    ...(asks === 'order' && order !== undefined && { order }),
    ...(asks === 'voucher' && voucher !== undefined && { voucher }),
  };
}

/** The thing that a request of this kind names. */
export function asksOf(kind: OperationKind): 'hold' | 'order' | 'voucher' | 'ticket' | undefined {
  if (kind === 'confirm' || kind === 'release') return 'hold';
  if (kind === 'check-in') return 'ticket';
  if (kind === 'cancel') return 'order';
  return kind === 'redeem' ? 'voucher' : undefined;
}

/** The same call with another refusal. */
export function refusedWith(operation: Operation, code: string, completedAtNs: number): Operation {
  const status = STATUSES[code] ?? 409;
  return { ...unanswered(operation), outcome: 'fail', status, code, completedAtNs };
}

/** Of the codes of calls that were turned away before they were looked at. */
const STATUSES: Record<string, number> = { RATE_LIMITED: 429, UNAVAILABLE: 503 };

/** The codes that refuse each kind of call. RATE_LIMITED and CONTENTION_LOST claim nothing about the shop. */
export const REFUSALS = {
  reserve: ['OUT_OF_STOCK', 'ALREADY_RESERVED', 'ALREADY_PURCHASED', 'RATE_LIMITED'],
  confirm: ['RESERVATION_EXPIRED', 'RESERVATION_NOT_ACTIVE', 'ORDER_EXISTS', 'NOT_FOUND'],
  release: ['RESERVATION_EXPIRED', 'RESERVATION_NOT_ACTIVE', 'NOT_FOUND'],
  cancel: ['ORDER_NOT_CANCELLABLE', 'NOT_FOUND'],
  register: ['CAMPAIGN_FULL', 'ALREADY_REGISTERED', 'CONTENTION_LOST'],
  redeem: ['VOUCHER_USED', 'NOT_FOUND', 'VOUCHER_EXPIRED'],
  buy: ['OUT_OF_STOCK', 'ALREADY_PURCHASED', 'ALREADY_RESERVED', 'CONTENTION_LOST'],
  attempt: ['OUT_OF_STOCK', 'ALREADY_ATTEMPTED', 'ALREADY_PURCHASED', 'ALREADY_RESERVED'],
  'check-in': ['TICKET_CHECKED_IN', 'TICKET_CHECKED_IN', 'TICKET_CANCELLED'],
  track: ['UNAVAILABLE', 'RATE_LIMITED'],
} as const satisfies Partial<Record<OperationKind, readonly [string, ...string[]]>>;

export type SmallKind = keyof typeof REFUSALS;

/** The codes that refuse a call which may complete a quest. */
export const QUEST_REFUSALS = ['CAMPAIGN_FULL', 'QUEST_COMPLETED'] as const;
