import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import type { Step } from './effects.ts';
import { refusedWith } from './history.ts';
import type { Random } from './random.ts';
import {
  availableOf,
  boughtBy,
  changed,
  countsOf,
  type Hold,
  type Holds,
  hasBought,
  hasHold,
  holdOf,
  shopOf,
  unitsOf,
} from './shop.ts';

/** A shop that makes no mistake. It decides one call at a time, as the reference server does. */
export interface CorrectShop {
  /** Takes the next step of a call; the answer when it is decided, undefined while it is not. */
  decide(request: Operation): Operation | undefined;
  /** Puts the units of one lapsed hold back on sale, or of all that are due. */
  sweep(which: 'one' | 'due'): void;
  /** Lets a millisecond pass. */
  pass(): void;
  readonly nowMs: number;
  readonly steps: Step[];
  readonly holds: Holds;
}

export function createCorrectShop(sale: SaleFacts, random: Random): CorrectShop {
  const shop = shopOf(sale);
  const steps: Step[] = [];
  /** The holds at the end of each millisecond. */
  const past: Holds[] = [];
  let holds: Holds = [];
  let nowMs = 0;

  return {
    decide,
    sweep,
    pass() {
      sweep('due');
      past.push(holds);
      nowMs += 1;
    },
    get nowMs() {
      return nowMs;
    },
    steps,
    get holds() {
      return holds;
    },
  };

  function decide(request: Operation): Operation | undefined {
    switch (request.kind) {
      case 'read':
        return read(request);
      case 'reserve':
        return reserve(request);
      case 'confirm':
        return confirm(request);
      case 'release':
        return release(request);
      default:
        return cancel(request);
    }
  }

  function read(request: Operation): Operation {
    steps.push({ atMs: nowMs, event: 'read', call: request.id });
    return { ...request, observed: countsOf(shop, holds, request.sku ?? '') };
  }

  function reserve(request: Operation): Operation {
    if (random.chance(3)) return refuse(request, 'RATE_LIMITED');
    const { sku = '', buyer = '', quantity, id } = request;
    if (isRememberedSoldOut(sku, quantity)) {
      steps.push({ atMs: request.invokedAtNs / 1e6 - 1, event: 'refused', call: id });
      return refusedWith(request, 'OUT_OF_STOCK', 0);
    }
    sweepOwn(sku, buyer);
    const refusal = refusalOf(sku, buyer, quantity, random.chance(50));
    if (refusal !== undefined) return refuse(request, refusal);
    return { ...request, hold: hold(request, `hold-${id}`, { sku, buyer, quantity }).id };
  }

  /** Some shops allow one hold or purchase at a time, others several up to the limit; both are correct. */
  function refusalOf(
    sku: string,
    buyer: string,
    quantity: number,
    allowsOne: boolean,
  ): string | undefined {
    const isOver = unitsOf(holds, sku, buyer) + quantity > shop.unitsPerBuyerMax;
    const isStrict = isOver || allowsOne;
    if (isStrict && hasBought(holds, sku, buyer)) return 'ALREADY_PURCHASED';
    if (isStrict && hasHold(holds, sku, buyer)) return 'ALREADY_RESERVED';
    if (isOver) return 'RATE_LIMITED';
    return availableOf(shop, holds, sku) < quantity ? 'OUT_OF_STOCK' : undefined;
  }

  function isRememberedSoldOut(sku: string, quantity: number): boolean {
    if (shop.refusalLagMs === 0 || !random.chance(30)) return false;
    const remembered = past.slice(Math.max(0, nowMs - shop.refusalLagMs));
    return remembered.some((then) => availableOf(shop, then, sku) < quantity);
  }

  function confirm(request: Operation): Operation | undefined {
    const { id } = request;
    const again = holdOf(holds, `again-${id}`);
    if (again !== undefined) {
      if (again.state !== 'live' || isLapsed(again)) return refuse(request, 'RESERVATION_EXPIRED');
      change(again, { state: 'sold', order: `order-${id}` }, 'sold', request);
      return { ...request, newHold: again.id, order: `order-${id}` };
    }
    const wanted = holdOf(holds, request.hold);
    if (wanted === undefined || wanted.buyer !== request.buyer) return refuse(request, 'NOT_FOUND');
    if (wanted.state === 'released') return refuse(request, 'RESERVATION_NOT_ACTIVE');
    if (wanted.order !== undefined) return refuse(request, 'ORDER_EXISTS');
    if (wanted.state === 'swept' || isLapsed(wanted)) return payLate(request, wanted);
    change(wanted, { state: 'sold', order: `order-${id}` }, 'sold', request);
    return { ...request, order: `order-${id}` };
  }

  function payLate(request: Operation, late: Hold): Operation | undefined {
    const { sku, buyer, quantity } = late;
    sweepOwn(sku, buyer);
    const isFree = refusalOf(sku, buyer, quantity, true) === undefined;
    if (!isFree || random.chance(40)) return refuse(request, 'RESERVATION_EXPIRED');
    const again = hold(request, `again-${request.id}`, { sku, buyer, quantity });
    change(again, { insteadOf: late.id });
    return undefined;
  }

  function release(request: Operation): Operation {
    const wanted = holdOf(holds, request.hold);
    if (wanted === undefined || wanted.buyer !== request.buyer) return refuse(request, 'NOT_FOUND');
    if (wanted.state === 'swept' || isLapsed(wanted)) return refuse(request, 'RESERVATION_EXPIRED');
    if (wanted.state !== 'live') return refuse(request, 'RESERVATION_NOT_ACTIVE');
    change(wanted, { state: 'released' }, 'released', request);
    return request;
  }

  function cancel(request: Operation): Operation {
    const bought = boughtBy(holds, request.order);
    if (bought === undefined || bought.buyer !== request.buyer) return refuse(request, 'NOT_FOUND');
    if (bought.state !== 'sold') return refuse(request, 'ORDER_NOT_CANCELLABLE');
    change(bought, { state: 'returned' }, 'returned', request);
    return request;
  }

  function hold(
    { id, kind, invokedAtNs }: Operation,
    holdId: string,
    units: { sku: string; buyer: string; quantity: number },
  ): Hold {
    const startMs = kind === 'reserve' ? random.int(invokedAtNs / 1e6, nowMs) : nowMs;
    const made: Hold = {
      id: holdId,
      ...units,
      state: 'live',
      lapsesFromMs: startMs + shop.holdTtlMs,
      lapsesAtMs: startMs + shop.holdTtlMs,
    };
    holds = [...holds, made];
    steps.push({ atMs: nowMs, event: 'held', hold: holdId, call: id });
    return made;
  }

  function refuse(request: Operation, code: string): Operation {
    steps.push({ atMs: nowMs, event: 'refused', call: request.id });
    return refusedWith(request, code, 0);
  }

  function change(
    before: Hold,
    difference: Partial<Hold>,
    event?: Step['event'],
    by?: Operation,
  ): void {
    holds = changed(holds, before, difference);
    if (event !== undefined) {
      steps.push({ atMs: nowMs, event, hold: before.id, ...(by && { call: by.id }) });
    }
  }

  /** A buyer who asks again after a lapse need not wait for the sweeper. */
  function sweepOwn(sku: string, buyer: string): void {
    for (const held of holds) {
      const isTheirs = held.sku === sku && held.buyer === buyer;
      if (isTheirs && isLapsed(held)) change(held, { state: 'swept' }, 'swept');
    }
  }

  function sweep(which: 'one' | 'due'): void {
    const lapsed = holds.filter(isLapsed);
    const chosen =
      which === 'one'
        ? lapsed.slice(0, 1)
        : lapsed.filter(({ lapsesAtMs }) => nowMs >= lapsesAtMs + shop.sweepGraceMs);
    for (const held of chosen) change(held, { state: 'swept' }, 'swept');
  }

  function isLapsed({ state, lapsesAtMs }: Hold): boolean {
    return state === 'live' && nowMs >= lapsesAtMs;
  }
}
