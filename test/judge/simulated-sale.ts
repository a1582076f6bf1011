import type { Evidence } from '../../src/checkers/evidence.ts';
import { emptyLedger, type LedgerSnapshot } from '../../src/history/ledger-snapshot.ts';
import type { Operation, OperationKind, SaleFacts } from '../../src/history/operation.ts';
import type { MetricsScrape } from '../../src/metrics/scrape.ts';
import type {
  LedgerDelivery,
  LedgerMovement,
  LedgerOrder,
  LedgerReservation,
  MovementKind,
} from '../../src/protocol/ledger.ts';

/**
 * A whole sale in virtual time: buyers with moods, a network that delays and loses, several server processes, a sweeper,
 * and a ledger that is right, or wrong in one named way. The same options give the same evidence.
 *
 * It knows nothing of the checks, and they nothing of it: it is the judge's test track.
 */
export interface SimulationOptions {
  seed: number;
  buyers: number;
  total: number;
  quantityMax?: number;
  unitsPerBuyerMax?: number;
  holdTtlMs?: number;
  sweepGraceMs?: number;
  /** Buyers per second. */
  arrivalRate?: number;
  /** Share of calls whose answer is lost, half of them after they took effect. */
  lossRate?: number;
  instances?: number;
  /** Kills the first instance half-way through: what it counted since its last scrape is lost. */
  isKilled?: boolean;
  /** How units are sold: reserved and checked out, as vouchers of a campaign, or as attempts that a worker decides. */
  flow?: 'reserve' | 'register' | 'attempt';
  /** Share of calls that are sent more than once, with one Idempotency-Key. */
  retryRate?: number;
  bug?: Bug;
}

export type Bug =
  | 'lost-update'
  | 'double-release'
  | 'lost-acknowledgement'
  | 'phantom'
  | 'refused-but-done'
  | 'late-confirm'
  | 'duplicate-buyer'
  | 'early-expiry'
  | 'false-sold-out'
  | 'dead-sweeper'
  | 'repeated-number'
  | 'uncounted'
  | 'overfull-campaign'
  | 'double-redemption'
  | 'ignored-key'
  | 'kept-money'
  | 'undecided-attempt'
  | 'lost-event'
  | 'stale-cache';

export interface Simulation {
  evidence: Evidence;
  /** How often the bug did harm; 0 means this run gave it no chance. */
  harm: number;
}

interface StoredHold {
  id: string;
  buyer: string;
  quantity: number;
  status: LedgerReservation['status'];
  createdNs: number;
  expiresNs: number;
  callId: string;
}

interface Answer {
  outcome: 'ok' | 'fail';
  status: number;
  code?: string;
  hold?: string;
  order?: string;
  voucher?: string;
  sequence?: number;
  decision?: string;
}

const SKU = 'SKU-1';
const STARTED_AT_MS = Date.UTC(2026, 0, 1, 12);
const NS_PER_MS = 1e6;

export function simulateSale(options: SimulationOptions): Simulation {
  const {
    buyers,
    total,
    quantityMax = 1,
    unitsPerBuyerMax = quantityMax,
    holdTtlMs = 200,
    sweepGraceMs = 50,
    arrivalRate = 2_000,
    lossRate = 0,
    instances = 1,
    isKilled = false,
    flow = 'reserve',
    retryRate = 0,
    bug,
  } = options;
  const random = createRandom(options.seed);
  const timeline = createTimeline();
  const sale: SaleFacts = {
    scenario: 'simulated',
    target: Array.from({ length: instances }, (_, place) => `http://instance-${place}`),
    skus: [{ skuId: SKU, total }],
    unitsPerBuyerMax,
    holdTtlMs,
    sweepGraceMs,
    sellOutExpected: true,
    startedAtMs: STARTED_AT_MS,
    startedAtNs: 0,
  };
  const ttlNs = holdTtlMs * NS_PER_MS;
  const operations: Operation[] = [];
  let harm = 0;

  // The server: what every process shares is the ledger, what each has for itself its counters.
  const holds: StoredHold[] = [];
  const holdsById = new Map<string, StoredHold>();
  const holdOfBuyer = new Map<string, StoredHold>();
  const movements: LedgerMovement[] = [];
  const orders: LedgerSnapshot['orders'] = [];
  const vouchers: LedgerSnapshot['vouchers'] = [];
  const attempts: LedgerSnapshot['attempts'] = [];
  const payments: LedgerSnapshot['payments'] = [];
  const answersByKey = new Map<string, Answer>();
  const refusedButDone = new Set<StoredHold>();
  let available = total;
  let soldOutFlag = false;
  let wasKilled = false;
  const counters = sale.target.map(() => new Map<string, number>());
  const processStart = sale.target.map(() => STARTED_AT_MS / 1000 - 10);

  const inc = (instance: number, sample: string): void => {
    const counter = counters[instance] as Map<string, number>;
    counter.set(sample, (counter.get(sample) ?? 0) + 1);
  };

  function move(kind: MovementKind, hold: StoredHold, instance: number): number {
    const sequence = movements.length + 1;
    movements.push({
      row: 'movement',
      skuId: SKU,
      sequence,
      kind,
      quantity: hold.quantity,
      reservationId: hold.id,
      at: isoAt(timeline.nowNs()),
    });
    if (bug === 'uncounted' && kind === 'RESERVED' && random() < 0.2) harm++;
    else inc(instance, `flashsale_stock_movements_total ${kind}`);
    return sequence;
  }

  function giveBack(
    hold: StoredHold,
    kind: 'RELEASED' | 'EXPIRED' | 'RETURNED',
    instance: number,
  ): number {
    hold.status = kind === 'EXPIRED' ? 'EXPIRED' : 'CANCELLED';
    holdOfBuyer.delete(hold.buyer);
    available += hold.quantity;
    if (bug === 'double-release' && kind === 'RELEASED') {
      harm++;
      available += hold.quantity;
      move(kind, hold, instance);
    }
    return move(kind, hold, instance);
  }

  const hasLapsed = (hold: StoredHold): boolean =>
    hold.status === 'RESERVED' && hold.expiresNs <= timeline.nowNs();

  function scheduleSweep(hold: StoredHold): void {
    if (bug === 'dead-sweeper') return;
    const lead = bug === 'early-expiry' ? -ttlNs * 0.8 : 0;
    const afterNs = lead + Math.floor(random() * 0.9 * sweepGraceMs * NS_PER_MS);
    timeline.at(hold.expiresNs + afterNs, () => {
      if (hold.status !== 'RESERVED') return;
      if (hold.expiresNs > timeline.nowNs()) harm++;
      giveBack(hold, 'EXPIRED', instances - 1);
    });
  }

  function reserve(buyer: string, quantity: number, callId: string, instance: number): Answer {
    const sequence = movements.length;
    const refuse = (code: string, outcome: string): Answer => {
      inc(instance, `flashsale_reservations_total ${outcome}`);
      return { outcome: 'fail', status: code === 'OUT_OF_STOCK' ? 400 : 409, code, sequence };
    };
    const before = holdOfBuyer.get(buyer);
    if (before && hasLapsed(before)) giveBack(before, 'EXPIRED', instance);
    else if (before && !(bug === 'duplicate-buyer' && available >= quantity)) {
      const isBought = before.status === 'CONFIRMED';
      return isBought
        ? refuse('ALREADY_PURCHASED', 'already_purchased')
        : refuse('ALREADY_RESERVED', 'already_reserved');
    } else if (before) harm++;

    if (bug === 'false-sold-out' && soldOutFlag && available >= quantity) {
      harm++;
      return refuse('OUT_OF_STOCK', 'out_of_stock');
    }
    if (available < quantity) {
      soldOutFlag = true;
      if (bug !== 'lost-update' || random() < 0.7) return refuse('OUT_OF_STOCK', 'out_of_stock');
      harm++;
    }
    const { hold, number } = take(buyer, quantity, callId, instance);
    scheduleSweep(hold);
    if (bug === 'refused-but-done' && random() < 0.2) {
      harm++;
      refusedButDone.add(hold);
      return refuse('CONTENTION_LOST', 'contention_lost');
    }
    inc(instance, 'flashsale_reservations_total held');
    const isRepeated = bug === 'repeated-number' && random() < 0.3 && number > 1;
    if (isRepeated) harm++;
    return {
      outcome: 'ok',
      status: 201,
      hold: hold.id,
      sequence: isRepeated ? number - 1 : number,
    };
  }

  function take(buyer: string, quantity: number, callId: string, instance: number) {
    available -= quantity;
    const hold: StoredHold = {
      id: idOf('a', holds.length + 1),
      buyer,
      quantity,
      status: 'RESERVED',
      createdNs: timeline.nowNs(),
      expiresNs: timeline.nowNs() + ttlNs,
      callId,
    };
    holds.push(hold);
    holdsById.set(hold.id, hold);
    holdOfBuyer.set(buyer, hold);
    return { hold, number: move('RESERVED', hold, instance) };
  }

  function confirm(id: string, callId: string, instance: number): Answer {
    const hold = holdsById.get(id) as StoredHold;
    const isLate = hasLapsed(hold) || hold.status === 'EXPIRED';
    const isAllowed = hold.status === 'RESERVED' && !isLate;
    if (!isAllowed && !(isLate && bug === 'late-confirm')) {
      inc(instance, 'flashsale_orders_total refused');
      const isKept = bug === 'kept-money' && isLate;
      if (isKept) harm++;
      pay(hold, isKept ? 'CHARGED' : 'REFUNDED');
      return { outcome: 'fail', status: 409, code: 'RESERVATION_EXPIRED' };
    }
    if (isLate) harm++;
    const { order, sequence } = sell(hold, callId, instance);
    inc(instance, 'flashsale_orders_total sold');
    pay(hold, 'CHARGED', order);
    return { outcome: 'ok', status: 201, sequence, order };
  }

  function pay(hold: StoredHold, status: 'CHARGED' | 'REFUNDED', order?: string): void {
    payments.push({
      row: 'payment',
      transactionId: `pay-${payments.length + 1}`,
      skuId: SKU,
      userId: hold.buyer,
      orderId: order ?? null,
      amount: '1.00',
      status,
    });
  }

  function sell(hold: StoredHold, callId: string, instance: number) {
    hold.status = 'CONFIRMED';
    holdOfBuyer.set(hold.buyer, hold);
    const sequence = move('SOLD', hold, instance);
    const order = idOf('d', orders.length + 1);
    orders.push({
      row: 'order',
      orderId: order,
      reservationId: hold.id,
      userId: hold.buyer,
      skuId: SKU,
      quantity: hold.quantity,
      totalPrice: '1.00',
      status: 'CONFIRMED',
      callId,
      createdAt: isoAt(timeline.nowNs()),
    });
    return { order, sequence };
  }

  function cancelOrder(id: string, instance: number): Answer {
    const order = orders.find(({ orderId }) => orderId === id) as LedgerOrder;
    if (order.status !== 'CONFIRMED') {
      return { outcome: 'fail', status: 409, code: 'ORDER_NOT_CANCELLABLE' };
    }
    order.status = 'CANCELLED';
    for (const payment of payments) {
      if (payment.orderId === id) payment.status = 'REFUNDED';
    }
    const hold = holdsById.get(order.reservationId) as StoredHold;
    return { outcome: 'ok', status: 200, sequence: giveBack(hold, 'RETURNED', instance) };
  }

  function register(buyer: string, callId: string, instance: number): Answer {
    if (holdOfBuyer.has(buyer)) return { outcome: 'fail', status: 409, code: 'ALREADY_REGISTERED' };
    if (available < 1) {
      if (bug !== 'overfull-campaign' || random() < 0.7) {
        return { outcome: 'fail', status: 409, code: 'CAMPAIGN_FULL' };
      }
      harm++;
    }
    const { hold } = take(buyer, 1, callId, instance);
    const { order } = sell(hold, callId, instance);
    inc(instance, 'flashsale_registrations_total registered');
    const voucher = idOf('e', vouchers.length + 1);
    vouchers.push({
      row: 'voucher',
      voucherId: voucher,
      campaignId: SKU,
      skuId: SKU,
      userId: buyer,
      orderId: order,
      issuedAt: isoAt(timeline.nowNs()),
      usedAt: null,
      usedByCallId: null,
    });
    return { outcome: 'ok', status: 201, order, voucher };
  }

  function redeem(buyer: string, id: string, callId: string): Answer {
    const voucher = vouchers.find(({ voucherId }) => voucherId === id);
    if (voucher?.userId !== buyer) {
      return { outcome: 'fail', status: 404, code: 'VOUCHER_NOT_FOUND' };
    }
    if (voucher.usedAt !== null) {
      if (bug !== 'double-redemption') {
        return { outcome: 'fail', status: 409, code: 'VOUCHER_ALREADY_USED' };
      }
      harm++;
    }
    voucher.usedAt = isoAt(timeline.nowNs());
    voucher.usedByCallId = callId;
    return { outcome: 'ok', status: 200 };
  }

  function accept(buyer: string, callId: string, instance: number): Answer {
    if (attempts.some(({ userId }) => userId === buyer)) {
      return { outcome: 'fail', status: 409, code: 'ALREADY_ATTEMPTED' };
    }
    if (available < 1) return { outcome: 'fail', status: 400, code: 'OUT_OF_STOCK' };
    const row: LedgerSnapshot['attempts'][number] = {
      row: 'attempt',
      saleId: SKU,
      skuId: SKU,
      userId: buyer,
      status: 'PENDING',
      orderId: null,
      callId,
      createdAt: isoAt(timeline.nowNs()),
    };
    attempts.push(row);
    if (bug === 'undecided-attempt' && random() < 0.1) harm++;
    else timeline.after(Math.floor(random() * 20 * NS_PER_MS), () => decideAttempt(row, instance));
    return { outcome: 'ok', status: 200 };
  }

  function decideAttempt(row: LedgerSnapshot['attempts'][number], instance: number): void {
    row.status = available < 1 ? 'FAILED' : 'SUCCESS';
    if (row.status === 'FAILED') return;
    const { hold } = take(row.userId, 1, row.callId as string, instance);
    row.orderId = sell(hold, row.callId as string, instance).order;
  }

  const decisionOf = (buyer: string): Answer => ({
    outcome: 'ok',
    status: 200,
    decision: attempts.find(({ userId }) => userId === buyer)?.status ?? 'PENDING',
  });

  function release(id: string, instance: number): Answer {
    const hold = holdsById.get(id) as StoredHold;
    if (hold.status !== 'RESERVED' || hasLapsed(hold)) {
      return { outcome: 'fail', status: 409, code: 'RESERVATION_NOT_ACTIVE' };
    }
    return { outcome: 'ok', status: 200, sequence: giveBack(hold, 'RELEASED', instance) };
  }

  // The network: a call takes effect somewhere between its two ends, or its answer never comes.
  const networkNs = (): number => 1 + Math.floor(random() * random() * 5 * NS_PER_MS);

  interface CallFacts {
    kind: OperationKind;
    buyer: string;
    quantity: number;
    hold?: string;
    order?: string;
    voucher?: string;
    idempotencyKey?: string;
  }
  type Effect = (callId: string, instance: number) => Answer;

  /** One call, or some with one key, a moment apart; what happens next depends on the first answer. */
  function call(facts: CallFacts, effect: Effect, then: (answer: Answer) => void = () => {}): void {
    if (random() >= retryRate) {
      send(facts, effect, then);
      return;
    }
    const idempotencyKey = `wish-${operations.length + 1}`;
    const once: Effect = (callId, instance) => {
      const before = answersByKey.get(idempotencyKey);
      if (before && bug !== 'ignored-key') return before;
      const answer = effect(callId, instance);
      if (before && answer.outcome === 'ok') harm++;
      if (answer.outcome === 'ok') answersByKey.set(idempotencyKey, answer);
      return answer;
    };
    let isAnswered = false;
    const first = (answer: Answer): void => {
      if (!isAnswered) then(answer);
      isAnswered = true;
    };
    const times = 2 + Math.floor(random() * 3);
    for (let time = 0; time < times; time++) {
      timeline.after(time * networkNs(), () => send({ ...facts, idempotencyKey }, once, first));
    }
  }

  function send(facts: CallFacts, effect: Effect, then: (answer: Answer) => void): void {
    const instance = Math.floor(random() * instances);
    const id = operations.length + 1;
    const callId = idOf('c', id);
    const operation: Operation = {
      id,
      kind: facts.kind,
      sku: SKU,
      buyer: facts.buyer,
      quantity: facts.quantity,
      callId,
      idempotencyKey: facts.idempotencyKey,
      hold: facts.hold,
      order: facts.order,
      voucher: facts.voucher,
      invokedAtNs: timeline.nowNs(),
      outcome: 'info',
      completedAtNs: Number.POSITIVE_INFINITY,
      status: 0,
      code: undefined,
      sequence: undefined,
      requestId: `r${id}`,
      instance: sale.target[instance],
    };
    operations.push(operation);
    const isLost = random() < lossRate;
    const isDead = isKilled && wasKilled && instance === 0;
    if (isDead) {
      operation.outcome = 'fail';
      operation.code = 'ECONNREFUSED';
      operation.completedAtNs = timeline.nowNs() + 1;
      return;
    }
    if (isLost && random() < 0.5) return;
    timeline.after(networkNs(), () => {
      if (isKilled && wasKilled && instance === 0) return;
      const answer = effect(callId, instance);
      if (isLost) return;
      timeline.after(networkNs(), () => {
        if (isKilled && wasKilled && instance === 0) return;
        operation.outcome = answer.outcome;
        operation.completedAtNs = timeline.nowNs();
        operation.status = answer.status;
        operation.code = answer.code;
        operation.hold ??= answer.hold;
        operation.order ??= answer.order;
        operation.voucher ??= answer.voucher;
        operation.sequence = answer.sequence;
        if (answer.decision !== undefined) operation.observed = { decision: answer.decision };
        then(answer);
      });
    });
  }

  function visit(buyer: string, visitsLeft: number): void {
    if (flow === 'register') registerAndUse(buyer, visitsLeft);
    else if (flow === 'attempt') tryAndAsk(buyer, visitsLeft);
    else reserveAndDecide(buyer, visitsLeft);
  }

  function registerAndUse(buyer: string, visitsLeft: number): void {
    call(
      { kind: 'register', buyer, quantity: 1 },
      (callId, instance) => register(buyer, callId, instance),
      ({ outcome, voucher }) => {
        if (outcome !== 'ok' || voucher === undefined) {
          comeAgain(buyer, visitsLeft);
          return;
        }
        const times = random() < 0.3 ? 2 : 1;
        for (let time = 0; time < times; time++) {
          timeline.after(networkNs(), () =>
            call({ kind: 'redeem', buyer, quantity: 1, voucher }, (callId) =>
              redeem(buyer, voucher, callId),
            ),
          );
        }
      },
    );
  }

  function tryAndAsk(buyer: string, visitsLeft: number): void {
    call(
      { kind: 'attempt', buyer, quantity: 1 },
      (callId, instance) => accept(buyer, callId, instance),
      ({ outcome }) => {
        if (outcome !== 'ok') comeAgain(buyer, visitsLeft);
        else {
          timeline.after(Math.floor(random() * 30 * NS_PER_MS), () =>
            send(
              { kind: 'read', buyer, quantity: 1 },
              () => decisionOf(buyer),
              () => {},
            ),
          );
        }
      },
    );
  }

  function reserveAndDecide(buyer: string, visitsLeft: number): void {
    const quantity = 1 + Math.floor(random() * quantityMax);
    call(
      { kind: 'reserve', buyer, quantity },
      (callId, instance) => reserve(buyer, quantity, callId, instance),
      ({ outcome, hold }) => {
        if (outcome === 'ok' && hold !== undefined) decide(buyer, hold, quantity, visitsLeft);
        else comeAgain(buyer, visitsLeft);
      },
    );
  }

  const comeAgain = (buyer: string, visitsLeft: number): void => {
    if (visitsLeft > 0 && random() < 0.3) {
      timeline.after(Math.floor(random() * ttlNs), () => visit(buyer, visitsLeft - 1));
    }
  };

  function decide(buyer: string, hold: string, quantity: number, visitsLeft: number): void {
    const mood = random();
    const confirmIt = () =>
      call(
        { kind: 'confirm', buyer, quantity, hold },
        (callId, instance) => confirm(hold, callId, instance),
        ({ outcome, order }) => {
          if (outcome === 'ok' && order !== undefined && random() < 0.15) regret(order);
        },
      );
    const regret = (order: string) =>
      call(
        { kind: 'cancel', buyer, quantity, order },
        (_callId, instance) => cancelOrder(order, instance),
        () => comeAgain(buyer, visitsLeft),
      );
    const releaseIt = () =>
      call(
        { kind: 'release', buyer, quantity, hold },
        (_callId, instance) => release(hold, instance),
        () => comeAgain(buyer, visitsLeft),
      );
    const soon = () => Math.floor(random() * ttlNs * 0.5);
    const justAtTheEnd = () => Math.floor(ttlNs * (0.97 + random() * 0.06));
    if (mood < 0.45) timeline.after(soon(), confirmIt);
    else if (mood < 0.55) timeline.after(justAtTheEnd(), confirmIt);
    else if (mood < 0.75) timeline.after(soon(), releaseIt);
    else if (mood < 0.8) timeline.after(justAtTheEnd(), releaseIt);
    else if (mood < 0.85) {
      const both = soon();
      timeline.after(both, confirmIt);
      timeline.after(both + networkNs() - networkNs(), releaseIt);
    } else comeAgain(buyer, visitsLeft);
  }

  // The sale itself.
  const scrapes: MetricsScrape[] = [];
  const scrapeAll = (): void => {
    for (const [place, instance] of sale.target.entries()) {
      if (isKilled && wasKilled && place === 0) continue;
      const startedAtNs = timeline.nowNs();
      timeline.after(networkNs(), () => {
        if (isKilled && wasKilled && place === 0) return;
        const samples = samplesOf(counters[place] as Map<string, number>);
        samples.push({
          name: 'process_start_time_seconds',
          labels: {},
          value: processStart[place] as number,
        });
        scrapes.push({ instance, startedAtNs, endedAtNs: timeline.nowNs() + 1, samples });
      });
    }
  };
  scrapeAll();
  let arrivalNs = 10 * NS_PER_MS;
  for (let place = 0; place < buyers; place++) {
    arrivalNs += Math.floor(-Math.log(1 - random()) * (1e9 / arrivalRate));
    timeline.at(arrivalNs, () => visit(idOf('b', place + 1), 3));
  }
  for (
    let atNs = 20 * NS_PER_MS;
    atNs < arrivalNs;
    atNs += Math.max(20 * NS_PER_MS, arrivalNs / 100)
  ) {
    timeline.at(Math.floor(atNs), scrapeAll);
  }
  if (isKilled)
    timeline.at(Math.floor(arrivalNs / 2), () => {
      wasKilled = true;
    });
  timeline.run();
  // Somebody looks once more, long after the last hold had to be swept.
  timeline.after((holdTtlMs + sweepGraceMs + 10) * NS_PER_MS, () =>
    visit(idOf('b', buyers + 1), 0),
  );
  timeline.run();
  timeline.after(NS_PER_MS, scrapeAll);
  timeline.run();

  return { evidence: { sale, operations, ledger: readLedger(), scrapes }, harm };

  function readLedger(): LedgerSnapshot {
    const lostHold =
      bug === 'lost-acknowledgement'
        ? operations.find(({ kind, outcome }) => kind === 'reserve' && outcome === 'ok')?.hold
        : undefined;
    if (lostHold !== undefined) harm++;
    const kept = holds.filter(({ id }) => id !== lostHold);
    const reservations = kept.map(
      (hold): LedgerReservation => ({
        row: 'reservation',
        reservationId: hold.id,
        userId: hold.buyer,
        skuId: SKU,
        quantity: hold.quantity,
        status: hold.status,
        lapsed: hasLapsed(hold),
        callId: hold.callId,
        createdAt: isoAt(hold.createdNs),
        expiresAt: isoAt(hold.expiresNs),
      }),
    );
    const [first] = reservations;
    if (bug === 'phantom' && first !== undefined) {
      harm++;
      reservations.push({ ...first, reservationId: idOf('a', 0), callId: idOf('c', 0) });
    }
    const units = (status: LedgerReservation['status']): number =>
      kept.filter((hold) => hold.status === status).reduce((sum, hold) => sum + hold.quantity, 0);
    return {
      ...emptyLedger(),
      inventory: [
        {
          row: 'inventory',
          skuId: SKU,
          total,
          available,
          reserved: units('RESERVED'),
          sold: units('CONFIRMED'),
          sequence: movements.length,
        },
      ],
      reservations,
      orders: orders.filter(({ reservationId }) => reservationId !== lostHold),
      movements: movements.filter(({ reservationId }) => reservationId !== lostHold),
      vouchers,
      attempts,
      payments,
      deliveries: movements.filter(isHeardOf).map(deliveryOf),
      backlog: [{ row: 'backlog', skuId: SKU, pending: 0, deadLetters: 0 }],
      hotStock: [{ row: 'hot_stock', skuId: SKU, available: inHotStore() }],
    };
  }

  function isHeardOf(): boolean {
    const isLost = bug === 'lost-event' && random() < 0.05;
    if (isLost) harm++;
    return !isLost;
  }

  function inHotStore(): number {
    if (bug !== 'stale-cache') return available;
    harm++;
    return available + 1;
  }
}

/** UUIDs that tell what they name by their first digit, and which by their last. */
const idOf = (space: 'a' | 'b' | 'c' | 'd' | 'e', number: number): string =>
  `${space}0000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

/** Microseconds, like PostgreSQL's; truncated, so that an earlier moment never reads as a later one. */
function isoAt(atNs: number): string {
  const us = Math.floor(atNs / 1e3);
  const seconds = new Date(STARTED_AT_MS + Math.floor(us / 1e6) * 1e3).toISOString().slice(0, 19);
  return `${seconds}.${String(us % 1e6).padStart(6, '0')}Z`;
}

const deliveryOf = ({ skuId, sequence, kind }: LedgerMovement): LedgerDelivery => ({
  row: 'delivery',
  group: 'analytics',
  eventId: `event-${sequence}`,
  topic: 'flash-sale-inventory-updates',
  type: kind === 'RESERVED' || kind === 'SOLD' ? kind : 'RELEASED',
  skuId,
  sequence,
});

const samplesOf = (counters: Map<string, number>): MetricsScrape['samples'] => [
  { name: 'flashsale_http_requests_in_flight', labels: {}, value: 0 },
  ...[...counters].map(([sample, value]) => {
    const [name, label] = sample.split(' ') as [string, string];
    const labels: Record<string, string> =
      name === 'flashsale_stock_movements_total' ? { kind: label } : { outcome: label };
    return { name, labels, value };
  }),
];

/** mulberry32. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Events in the order of their virtual time; a binary heap, ties in the order in which they were planned. */
function createTimeline() {
  const heap: { atNs: number; turn: number; run: () => void }[] = [];
  let now = 0;
  let turns = 0;

  const isBefore = (a: number, b: number): boolean => {
    const left = heap[a];
    const right = heap[b];
    if (left === undefined || right === undefined) return false;
    return left.atNs < right.atNs || (left.atNs === right.atNs && left.turn < right.turn);
  };
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b] as (typeof heap)[0], heap[a] as (typeof heap)[0]];
  };

  function at(atNs: number, run: () => void): void {
    heap.push({ atNs: Math.max(now, atNs), turn: turns++, run });
    let child = heap.length - 1;
    while (child > 0 && isBefore(child, (child - 1) >> 1)) {
      swap(child, (child - 1) >> 1);
      child = (child - 1) >> 1;
    }
  }

  function next() {
    swap(0, heap.length - 1);
    const first = heap.pop();
    let parent = 0;
    for (;;) {
      let least = parent;
      if (isBefore(2 * parent + 1, least)) least = 2 * parent + 1;
      if (isBefore(2 * parent + 2, least)) least = 2 * parent + 2;
      if (least === parent) return first;
      swap(parent, least);
      parent = least;
    }
  }

  return {
    nowNs: () => now,
    at,
    after: (delayNs: number, run: () => void) => at(now + Math.max(0, delayNs), run),
    run(): void {
      while (heap.length > 0) {
        const event = next();
        if (event === undefined) return;
        now = event.atNs;
        event.run();
      }
    },
  };
}
