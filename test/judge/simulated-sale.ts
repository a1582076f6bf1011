import type { Evidence } from '../../src/checkers/evidence.ts';
import { emptyLedger, type LedgerSnapshot } from '../../src/history/ledger-snapshot.ts';
import type { Operation, OperationKind, SaleFacts } from '../../src/history/operation.ts';
import type { MetricsScrape } from '../../src/metrics/scrape.ts';
import type { LedgerMovement, LedgerReservation, MovementKind } from '../../src/protocol/ledger.ts';

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
  | 'uncounted';

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
  attempt: string;
}

interface Answer {
  outcome: 'ok' | 'fail';
  status: number;
  code?: string;
  hold?: string;
  sequence?: number;
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

  function giveBack(hold: StoredHold, kind: 'RELEASED' | 'EXPIRED', instance: number): number {
    hold.status = kind === 'RELEASED' ? 'CANCELLED' : 'EXPIRED';
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

  function reserve(buyer: string, quantity: number, attempt: string, instance: number): Answer {
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
    available -= quantity;
    const hold: StoredHold = {
      id: idOf('a', holds.length + 1),
      buyer,
      quantity,
      status: 'RESERVED',
      createdNs: timeline.nowNs(),
      expiresNs: timeline.nowNs() + ttlNs,
      attempt,
    };
    holds.push(hold);
    holdsById.set(hold.id, hold);
    holdOfBuyer.set(buyer, hold);
    scheduleSweep(hold);
    const number = move('RESERVED', hold, instance);
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

  function confirm(id: string, attempt: string, instance: number): Answer {
    const hold = holdsById.get(id) as StoredHold;
    const isLate = hasLapsed(hold) || hold.status === 'EXPIRED';
    const isAllowed = hold.status === 'RESERVED' && !isLate;
    if (!isAllowed && !(isLate && bug === 'late-confirm')) {
      inc(instance, 'flashsale_orders_total refused');
      return { outcome: 'fail', status: 409, code: 'RESERVATION_EXPIRED' };
    }
    if (isLate) harm++;
    hold.status = 'CONFIRMED';
    holdOfBuyer.set(hold.buyer, hold);
    const sequence = move('SOLD', hold, instance);
    inc(instance, 'flashsale_orders_total sold');
    orders.push({
      row: 'order',
      orderId: idOf('d', orders.length + 1),
      reservationId: id,
      userId: hold.buyer,
      skuId: SKU,
      quantity: hold.quantity,
      totalPrice: '1.00',
      status: 'CONFIRMED',
      attemptId: attempt,
      createdAt: isoAt(timeline.nowNs()),
    });
    return { outcome: 'ok', status: 201, sequence };
  }

  function release(id: string, instance: number): Answer {
    const hold = holdsById.get(id) as StoredHold;
    if (hold.status !== 'RESERVED' || hasLapsed(hold)) {
      return { outcome: 'fail', status: 409, code: 'RESERVATION_NOT_ACTIVE' };
    }
    return { outcome: 'ok', status: 200, sequence: giveBack(hold, 'RELEASED', instance) };
  }

  // The network: a call takes effect somewhere between its two ends, or its answer never comes.
  const networkNs = (): number => 1 + Math.floor(random() * random() * 5 * NS_PER_MS);

  function call(
    facts: { kind: OperationKind; buyer: string; quantity: number; hold?: string },
    effect: (attempt: string, instance: number) => Answer,
    then: (answer: Answer) => void = () => {},
  ): void {
    const instance = Math.floor(random() * instances);
    const id = operations.length + 1;
    const attempt = idOf('c', id);
    const operation: Operation = {
      id,
      kind: facts.kind,
      sku: SKU,
      buyer: facts.buyer,
      quantity: facts.quantity,
      attempt,
      hold: facts.hold,
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
      const answer = effect(attempt, instance);
      if (isLost) return;
      timeline.after(networkNs(), () => {
        if (isKilled && wasKilled && instance === 0) return;
        operation.outcome = answer.outcome;
        operation.completedAtNs = timeline.nowNs();
        operation.status = answer.status;
        operation.code = answer.code;
        operation.hold ??= answer.hold;
        operation.sequence = answer.sequence;
        then(answer);
      });
    });
  }

  function visit(buyer: string, visitsLeft: number): void {
    const quantity = 1 + Math.floor(random() * quantityMax);
    call(
      { kind: 'reserve', buyer, quantity },
      (attempt, instance) => reserve(buyer, quantity, attempt, instance),
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
      call({ kind: 'confirm', buyer, quantity, hold }, (attempt, instance) =>
        confirm(hold, attempt, instance),
      );
    const releaseIt = () =>
      call(
        { kind: 'release', buyer, quantity, hold },
        (_attempt, instance) => release(hold, instance),
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
        attemptId: hold.attempt,
        createdAt: isoAt(hold.createdNs),
        expiresAt: isoAt(hold.expiresNs),
      }),
    );
    const [first] = reservations;
    if (bug === 'phantom' && first !== undefined) {
      harm++;
      reservations.push({ ...first, reservationId: idOf('a', 0), attemptId: idOf('c', 0) });
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
    };
  }
}

/** UUIDs that tell what they name by their first digit, and which by their last. */
const idOf = (space: 'a' | 'b' | 'c' | 'd', number: number): string =>
  `${space}0000000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

/** Microseconds, like PostgreSQL's; truncated, so that an earlier moment never reads as a later one. */
function isoAt(atNs: number): string {
  const us = Math.floor(atNs / 1e3);
  const seconds = new Date(STARTED_AT_MS + Math.floor(us / 1e6) * 1e3).toISOString().slice(0, 19);
  return `${seconds}.${String(us % 1e6).padStart(6, '0')}Z`;
}

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
