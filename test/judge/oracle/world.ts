import { changed, type Hold, type HoldState, type Holds } from './shop.ts';

/** All that there is in a shop at one moment. */
export interface World {
  holds: Holds;
  attempts: readonly Attempt[];
  /** The tickets that were let in. */
  tickets: readonly Ticket[];
  /** The quests whose players were told that no voucher is left. */
  gone: readonly string[];
  /** The wishes that have had their effect. */
  fulfilled: readonly string[];
}

export const EMPTY: World = { holds: [], attempts: [], tickets: [], gone: [], fulfilled: [] };

/** A ticket that was let in. */
export interface Ticket {
  code: string;
  /** The call that let it in. */
  call: number;
  /** The order that it is of; absent if that rule was waived. */
  order?: string;
}

export const ticketOf = ({ tickets }: World, code: string | undefined): Ticket | undefined =>
  tickets.find((each) => each.code === code);

/** The code of a ticket of an order, counted from 1. Only the shop reads the order in it. */
export const codeOfTicket = (order: string, number: number): string => `${order}/${number}`;
export const orderOfTicket = (code: string): string => code.split('/')[0] as string;

/** An accepted attempt at a flash sale. */
export interface Attempt {
  sku: string;
  buyer: string;
  /** The call that was accepted. */
  call: number;
  status: 'pending' | 'succeeded' | 'failed';
  /** The holds that a worker made for it, of which only the last can be live. */
  holds: readonly string[];
  /** The order with which it succeeded. */
  order?: string;
}

export const attemptOf = ({ attempts }: World, sku: string, buyer: string): Attempt | undefined =>
  attempts.find((each) => each.sku === sku && each.buyer === buyer);

export const withHold = (world: World, hold: Hold): World => ({
  ...world,
  holds: [...world.holds, hold],
});

export const withChange = (world: World, before: Hold, change: Partial<Hold>): World => ({
  ...world,
  holds: changed(world.holds, before, change),
});

export const withDecision = (world: World, before: Attempt, change: Partial<Attempt>): World => ({
  ...world,
  attempts: world.attempts.map((each) => (each === before ? { ...each, ...change } : each)),
});

/** Accepted attempts at a SKU for which no units were taken yet. */
export function waitingAttempts({ attempts, holds }: World, sku: string): number {
  const isServed = ({ holds: own }: Attempt): boolean =>
    holds.some(({ id, state }) => own.includes(id) && SERVED.has(state));
  return attempts.filter((each) => each.sku === sku && each.status === 'pending' && !isServed(each))
    .length;
}

const SERVED: ReadonlySet<HoldState> = new Set(['live', 'lapsed', 'sold', 'fulfilled']);
