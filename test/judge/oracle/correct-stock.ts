import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import { refusedWith } from './history.ts';
import type { Step } from './moment.ts';
import type { Random } from './random.ts';
import { availableOf, type Hold, hasBought, hasHold, type Shop, shopOf, unitsOf } from './shop.ts';
import { EMPTY, type World, withChange, withHold } from './world.ts';

/** The shelves and the notes of a shop that makes no mistake. */
export interface CorrectStock {
  shop: Shop;
  steps: Step[];
  world: World;
  readonly nowMs: number;
  /** The world at the end of each millisecond that a memory which is so old may still have. */
  remembered(ageMs: number): World[];
  /** Takes units off sale. Without a start, the clock of the hold starts now. */
  hold(id: string, call: number, units: Units, startMs?: number): Hold;
  change(before: Hold, difference: Partial<Hold>, event?: Step['event'], call?: number): void;
  refuse(request: Operation, code: string): Operation;
  /** The code for a buyer who may not take these units now. */
  refusalOf(units: Units, allowsOne: boolean): string | undefined;
  /** Puts the units of one lapsed hold back on sale, or of all that are due. */
  sweep(which: 'one' | 'due'): void;
  /** A buyer who asks again after a lapse need not wait for the sweeper. */
  sweepOwn(sku: string, buyer: string): void;
  isLapsed(hold: Hold): boolean;
  /** Lets a millisecond pass. */
  pass(): void;
}

interface Units {
  sku: string;
  buyer: string;
  quantity: number;
}

export function createCorrectStock(sale: SaleFacts): CorrectStock {
  const shop = shopOf(sale);
  const past: World[] = [];
  let nowMs = 0;

  const stock: CorrectStock = {
    shop,
    steps: [],
    world: EMPTY,
    get nowMs() {
      return nowMs;
    },
    remembered: (ageMs) => past.slice(Math.max(0, nowMs - ageMs)),
    hold(id, call, units, startMs = nowMs) {
      const lapsesAtMs = startMs + shop.holdTtlMs;
      const made: Hold = { id, ...units, state: 'live', lapsesFromMs: lapsesAtMs, lapsesAtMs };
      stock.world = withHold(stock.world, made);
      stock.steps.push({ atMs: nowMs, event: 'held', hold: id, call });
      return made;
    },
    change(before, difference, event, call) {
      stock.world = withChange(stock.world, before, difference);
      if (event === undefined) return;
      stock.steps.push({
        atMs: nowMs,
        event,
        hold: before.id,
        ...(call !== undefined && { call }),
      });
    },
    refuse(request, code) {
      stock.steps.push({ atMs: nowMs, event: 'refused', call: request.id });
      return refusedWith(request, code, 0);
    },
    refusalOf({ sku, buyer, quantity }, allowsOne) {
      const { holds } = stock.world;
      const isOver = unitsOf(holds, sku, buyer) + quantity > shop.unitsPerBuyerMax;
      const isStrict = isOver || allowsOne;
      if (isStrict && hasBought(holds, sku, buyer)) return 'ALREADY_PURCHASED';
      if (isStrict && hasHold(holds, sku, buyer)) return 'ALREADY_RESERVED';
      if (isOver) return 'RATE_LIMITED';
      return availableOf(shop, holds, sku) < quantity ? 'OUT_OF_STOCK' : undefined;
    },
    sweep(which) {
      const lapsed = stock.world.holds.filter(isLapsed);
      const chosen =
        which === 'one'
          ? lapsed.slice(0, 1)
          : lapsed.filter(({ lapsesAtMs }) => nowMs >= lapsesAtMs + shop.sweepGraceMs);
      for (const held of chosen) stock.change(held, { state: 'swept' }, 'swept');
    },
    sweepOwn(sku, buyer) {
      for (const held of stock.world.holds) {
        const isTheirs = held.sku === sku && held.buyer === buyer;
        if (isTheirs && isLapsed(held)) stock.change(held, { state: 'swept' }, 'swept');
      }
    },
    isLapsed,
    pass() {
      stock.sweep('due');
      past.push(stock.world);
      nowMs += 1;
    },
  };
  return stock;

  function isLapsed({ state, lapsesAtMs }: Hold): boolean {
    return state === 'live' && nowMs >= lapsesAtMs;
  }
}

/** True if the shop turns a buyer away by its memory of a moment at which too few units were left. */
export function isRememberedSoldOut(
  { shop, remembered }: CorrectStock,
  random: Random,
  { sku = '', quantity }: Operation,
): boolean {
  if (shop.refusalLagMs === 0 || !random.chance(30)) return false;
  return remembered(shop.refusalLagMs).some(
    ({ holds }) => availableOf(shop, holds, sku) < quantity,
  );
}

/** The answer to a buyer who is turned away by memory. */
export function refuseFromMemory(
  { steps }: CorrectStock,
  request: Operation,
  code: string,
): Operation {
  steps.push({ atMs: request.invokedAtNs / 1e6 - 1, event: 'refused', call: request.id });
  return refusedWith(request, code, 0);
}
