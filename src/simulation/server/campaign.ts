import type { LedgerSnapshot } from '../../history/ledger-snapshot.ts';
import { idOf, isDead, NS_PER_MS, STRANGER, type World } from '../world.ts';
import { type Answer, type Request, refuse, type Work } from './answer.ts';
import type { Instances } from './instances.ts';
import type { Stock, StoredHold } from './stock.ts';

type Voucher = LedgerSnapshot['vouchers'][number];

/** The server's campaigns: a registration takes and sells one unit, and its voucher can be used once. */
export interface Campaign {
  /** By their codes. */
  vouchers: Map<string, Voucher>;
  register(request: Request, sku: string): Work;
  /** Takes and sells one unit, as a registration does, without counting the decision. A sweeper survives its instance. */
  issue(request: Request, sku: string, by: { isSwept: boolean }): Work;
  /** Counts a decision, and answers with it. */
  countDecision(instance: number, answer: Answer): Answer;
  redeem(request: Request, code: string): Answer;
}

export function createCampaign(world: World, stock: Stock, { inc }: Instances): Campaign {
  const { bug, random, clock, options } = world;
  const vouchers = new Map<string, Voucher>();

  const isOpenAt = (ms: number): boolean => options.opensMs <= ms && ms < options.closesMs;

  /** The buyer's hold: a new one, or one that an earlier registration has left. */
  function holdFor({ buyer, callId, instance }: Request, sku: string): StoredHold | Answer {
    const isOpen = isOpenAt(clock.nowNs() / NS_PER_MS);
    if (!isOpen && !world.errs('out-of-hours')) {
      return refuse(clock.nowNs() < options.opensMs * NS_PER_MS ? NOT_STARTED : ENDED);
    }
    const before = stock.holdOf(sku, buyer);
    const { available, sequence } = stock.shelf(sku);
    if (before && stock.hasLapsed(before)) stock.giveBack(before, 'EXPIRED', instance);
    else if (before?.status === 'CONFIRMED') return refuse('ALREADY_REGISTERED', sequence);
    else if (before) return before;
    if (available < 1) {
      if (bug !== 'overfull-campaign' || random() < 0.7) return refuse('CAMPAIGN_FULL', sequence);
      world.harm++;
    }
    return stock.take({ sku, buyer, quantity: 1, callId, instance });
  }

  function buy(hold: StoredHold, { callId, instance }: Request): Answer {
    if (hold.status === 'CONFIRMED') return refuse('ALREADY_REGISTERED');
    if (hold.status !== 'RESERVED' || stock.hasLapsed(hold)) return refuse('CONTENTION_LOST');
    const order = stock.place(hold, callId);
    const sequence = stock.sell(hold, order, instance);
    order.status = 'FULFILLED';
    const voucher = `CODE-${vouchers.size + 1}`;
    vouchers.set(voucher, {
      row: 'voucher',
      voucherId: idOf('e', vouchers.size + 1),
      code: voucher,
      campaignId: hold.sku,
      skuId: hold.sku,
      userId: world.errs('voucher-of-another', 0.1) ? STRANGER : hold.buyer,
      orderId: order.orderId,
      issuedAt: clock.iso(clock.nowNs()),
      usedAt: null,
      usedByCallId: null,
    });
    const { sku, id } = hold;
    const told = world.errs('other-voucher-told', 0.2) ? `CODE-X${vouchers.size}` : voucher;
    return {
      ...{
        outcome: 'ok',
        status: 201,
        sku,
        hold: id,
        order: order.orderId,
        voucher: told,
        sequence,
      },
    };
  }

  function countDecision(instance: number, answer: Answer): Answer {
    const outcome = OUTCOME_OF[answer.code ?? 'none'] as string;
    inc(instance, 'flashsale_registrations_total', { outcome });
    return answer;
  }

  function issue(request: Request, sku: string, decided = asItIs, isSwept = false): Work {
    const hold = holdFor(request, sku);
    if ('outcome' in hold) return decided(hold);
    return {
      afterNs: world.upToMs(1),
      goOn: () =>
        // A server that dies between the two steps leaves the hold.
        !isSwept && isDead(world, request.instance)
          ? refuse('UNAVAILABLE')
          : decided(buy(hold, request)),
    };
  }

  return {
    vouchers,
    countDecision,
    issue: (request, sku, { isSwept }) => issue(request, sku, asItIs, isSwept),
    register: (request, sku) =>
      issue(request, sku, (answer) => countDecision(request.instance, answer)),

    redeem({ buyer, callId }, code) {
      const voucher = vouchers.get(code);
      const isTheirs = voucher?.userId === buyer;
      if (!voucher || !(isTheirs || bug === 'stolen-voucher')) return refuse('NOT_FOUND');
      if (voucher.usedAt !== null) {
        if (bug !== 'double-redemption') return refuse('VOUCHER_USED');
        world.harm++;
      }
      if (!isTheirs) world.harm++;
      voucher.usedAt = clock.iso(clock.nowNs());
      voucher.usedByCallId = callId;
      return { outcome: 'ok', status: 200 };
    },
  };
}

const asItIs = (answer: Answer): Answer => answer;

const NOT_STARTED = 'CAMPAIGN_NOT_STARTED';
const ENDED = 'CAMPAIGN_ENDED';

/** The label of an answer in the metrics. */
const OUTCOME_OF: Record<string, string> = {
  none: 'registered',
  CAMPAIGN_FULL: 'full',
  ALREADY_REGISTERED: 'already_registered',
  CONTENTION_LOST: 'contention_lost',
  [NOT_STARTED]: 'not_started',
  [ENDED]: 'ended',
};
