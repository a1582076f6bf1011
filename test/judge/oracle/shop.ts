import type { SaleFacts } from '../../../src/history/operation.ts';

/** The facts of a sale that decide which answers are legal. Times of the oracle are whole milliseconds of the history. */
export interface Shop {
  totals: ReadonlyMap<string, number>;
  unitsPerBuyerMax: number;
  holdTtlMs: number;
  sweepGraceMs: number;
  refusalLagMs: number;
  readLagMs: number;
  /** The SKUs that are sold as tickets. */
  ticketSkus: ReadonlySet<string>;
  /** The SKUs whose units are rewards of quests. */
  rewardSkus: ReadonlySet<string>;
}

export const shopOf = (sale: SaleFacts): Shop => ({
  totals: new Map(sale.skus.map(({ skuId, total }) => [skuId, total])),
  unitsPerBuyerMax: sale.unitsPerBuyerMax ?? Number.POSITIVE_INFINITY,
  holdTtlMs: sale.holdTtlMs ?? Number.POSITIVE_INFINITY,
  sweepGraceMs: sale.sweepGraceMs,
  refusalLagMs: sale.refusalLagMs ?? 0,
  readLagMs: sale.readLagMs ?? 0,
  ticketSkus: new Set(
    sale.skus.filter(({ soldBy }) => soldBy === 'tickets').map(({ skuId }) => skuId),
  ),
  rewardSkus: new Set(sale.skus.filter(({ isReward }) => isReward).map(({ skuId }) => skuId)),
});

/**
 * `live`: its buyer may buy or release it. `lapsed`: its time is over and its units are not back yet. `swept`: they are.
 * `released`: given back by its buyer. `sold`: bought. `fulfilled`: bought, and too late to cancel. `returned`: bought, and
 * its order cancelled.
 */
export type HoldState =
  | 'live'
  | 'lapsed'
  | 'swept'
  | 'released'
  | 'sold'
  | 'fulfilled'
  | 'returned';

export interface Hold {
  id: string;
  sku: string;
  buyer: string;
  quantity: number;
  state: HoldState;
  /** The earliest and the latest moment of its lapse, if it is still live then. Once it has lapsed, both are that moment. */
  lapsesFromMs: number;
  lapsesAtMs: number;
  /** The id by which a registration names it that bought it, where the call that made it named none. */
  alias?: string;
  /** The order that bought it. */
  order?: string;
  /** The voucher that its buyer was given for it. */
  voucher?: Voucher;
  /** The call for a basket that made it, with holds of the other lines. */
  basket?: string;
  /** The hold in whose place it was made, because that one was paid for too late. */
  insteadOf?: string;
}

export interface Voucher {
  code: string;
  /** The call that used it. */
  usedBy?: number;
  /** True once somebody was told that its time is over. */
  isOver?: boolean;
}

/** All holds that were ever made, as they are at one moment. */
export type Holds = readonly Hold[];

const TAKES_UNITS: ReadonlySet<HoldState> = new Set(['live', 'lapsed', 'sold', 'fulfilled']);
const BOUGHT: ReadonlySet<HoldState> = new Set(['sold', 'fulfilled']);
const HELD: ReadonlySet<HoldState> = new Set(['live', 'lapsed']);

export function availableOf(shop: Shop, holds: Holds, sku: string): number {
  let available = shop.totals.get(sku) ?? 0;
  for (const hold of holds) {
    if (hold.sku === sku && TAKES_UNITS.has(hold.state)) available -= hold.quantity;
  }
  return available;
}

/** The counts that a reader is told. A lapsed hold counts as reserved until its units are back. */
export function countsOf(
  shop: Shop,
  holds: Holds,
  sku: string,
): { available: number; reserved: number; sold: number } {
  const unitsIn = (states: ReadonlySet<HoldState>): number =>
    holds.reduce((units, hold) => {
      return hold.sku === sku && states.has(hold.state) ? units + hold.quantity : units;
    }, 0);
  return {
    available: availableOf(shop, holds, sku),
    reserved: unitsIn(HELD),
    sold: unitsIn(BOUGHT),
  };
}

/** Units that count against the limit of a buyer. A lapsed hold does not. */
export function unitsOf(holds: Holds, sku: string, buyer: string): number {
  let units = 0;
  for (const hold of holds) {
    const counts = hold.state === 'live' || BOUGHT.has(hold.state);
    if (hold.sku === sku && hold.buyer === buyer && counts) units += hold.quantity;
  }
  return units;
}

export const hasBought = (holds: Holds, sku: string, buyer: string): boolean =>
  holds.some((hold) => hold.sku === sku && hold.buyer === buyer && BOUGHT.has(hold.state));

/** True also for a lapsed hold, because a server may forget it only with its sweep. */
export const hasHold = (holds: Holds, sku: string, buyer: string): boolean =>
  holds.some((hold) => hold.sku === sku && hold.buyer === buyer && HELD.has(hold.state));

export const holdOf = (holds: Holds, id: string | undefined): Hold | undefined =>
  id === undefined ? undefined : holds.find((hold) => hold.id === id || hold.alias === id);

/** The hold of which a voucher was given. */
export const holdOfVoucher = (holds: Holds, code: string | undefined): Hold | undefined =>
  code === undefined ? undefined : holds.find(({ voucher }) => voucher?.code === code);

/** The hold that an order bought, whatever became of it. */
export const boughtBy = (holds: Holds, order: string | undefined): Hold | undefined =>
  order === undefined ? undefined : holds.find((hold) => hold.order === order);

export const changed = (holds: Holds, before: Hold, change: Partial<Hold>): Holds =>
  holds.map((hold) => (hold === before ? { ...hold, ...change } : hold));
