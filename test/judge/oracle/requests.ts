import type { Operation, OperationKind, SaleFacts } from '../../../src/history/operation.ts';
import { asksOf, BUYERS, type Demand, GATE, SKUS } from './history.ts';
import type { Random } from './random.ts';
import { codeOfTicket } from './world.ts';

/** The ways in which the buyers of a small sale buy. */
export interface Habits extends Demand {
  /** The kinds of calls that ask for units. */
  asks: readonly [OperationKind, ...OperationKind[]];
  /** True if an answer to a buy names its hold, and its order. */
  tellsHold: boolean;
  tellsOrder: boolean;
  /** True if they send idempotency keys, and the same call again with the same key. */
  sendKeys: boolean;
  /** True if they tell the analytics of what they do. */
  track?: boolean;
}

/**
 * A sixth of the sales are of tickets, a tenth of rewards and a tenth in baskets, on a server that tells of each by all its
 * names.
 */
export function randomHabits(random: Random): Habits {
  const names = { tellsHold: true, tellsOrder: true };
  if (random.chance(16)) {
    const sendKeys = random.chance(25);
    return { asks: ['buy'], sells: 'tickets', ...names, sendKeys, inBaskets: random.chance(35) };
  }
  if (random.chance(12)) return { asks: ['register'], sells: 'rewards', ...names, sendKeys: false };
  if (random.chance(14)) {
    return { asks: ['reserve'], inBaskets: true, ...names, sendKeys: random.chance(35) };
  }
  return otherHabits(random);
}

const otherHabits = (random: Random): Habits => ({
  asks: random.pick([
    ['reserve'],
    ['reserve'],
    ['reserve'],
    ['register'],
    ['register', 'reserve'],
    ['buy'],
    ['buy', 'reserve'],
    ['attempt'],
    ['attempt', 'reserve'],
    ['reserve', 'register', 'attempt'],
  ]),
  tellsHold: random.chance(40),
  tellsOrder: random.chance(70),
  sendKeys: random.chance(25),
  track: random.chance(15),
});

/** The calls of a history so far. */
export interface SoFar {
  sent: readonly Operation[];
  /** Those that have ended, with their answers. */
  ended: readonly Operation[];
}

/**
 * A request that a buyer may send now, written as if it were answered yes: one call, or the lines of a basket. Buyers know the
 * holds, orders and vouchers of the calls that have ended; one in eight requests uses those of somebody else.
 */
export function randomRequest(
  random: Random,
  sale: SaleFacts,
  habits: Habits,
  { sent, ended }: SoFar,
  nowMs: number,
): Operation[] {
  const id = sent.length + 1;
  const callOf = (place: number) => ({
    ...{ id: place, callId: `call-${place}`, invokedAtNs: nowMs * 1e6, completedAtNs: nowMs * 1e6 },
    ...{ outcome: 'ok' as const, status: 200 },
  });
  const again = random.anyOf(sent.filter(({ idempotencyKey }) => idempotencyKey !== undefined));
  const basket = `basket-${id}`;
  if (again !== undefined && random.chance(35)) {
    if (again.basket === undefined) return [{ ...again, ...callOf(id) }];
    return sent
      .filter((line) => line.basket === again.basket)
      .map((line, place) => ({ ...line, ...callOf(id + place), basket }));
  }
  // An answer and the request that follows it are never at the same moment.
  const known = ended.filter(({ completedAtNs }) => completedAtNs < nowMs * 1e6);
  const [request, ...others] = randomWish(random, sale, habits, known);
  const hasKey = habits.sendKeys && request.kind !== 'read' && random.chance(70);
  if (others.length === 0) {
    return [{ ...callOf(id), ...request, ...(hasKey && { idempotencyKey: `key-${id}` }) }];
  }
  return [request, ...others].map((line, place) => ({
    ...callOf(id + place),
    ...line,
    basket,
    ...(hasKey && { idempotencyKey: `key-${id}.${place + 1}` }),
  }));
}

type Wanted = Pick<Operation, 'kind' | 'quantity'> & Partial<Operation>;

function randomWish(
  random: Random,
  sale: SaleFacts,
  { asks, sells, inBaskets, track }: Habits,
  known: readonly Operation[],
): [Wanted, ...Wanted[]] {
  const sku = random.pick(SKUS.slice(0, sale.skus.length) as [string]);
  const buyer = random.pick(BUYERS);
  if (asks.includes('attempt') && random.chance(25)) {
    return [{ kind: 'read', sku, buyer, quantity: 1, observed: { decision: 'PENDING' } }];
  }
  if (track && random.chance(30)) {
    return [{ kind: 'track', sku, buyer, quantity: random.int(1, 3) }];
  }
  if (random.chance(12)) return [{ kind: 'read', sku, buyer, quantity: 1 }];
  const made = random.anyOf(known.filter(isUsable));
  const isNamed = made?.hold !== undefined || made?.order !== undefined;
  if (made === undefined || !isNamed || random.chance(40)) {
    const kind = random.pick(asks);
    const wish = (of: string): Wanted => {
      const isOne = kind !== 'reserve' && kind !== 'buy';
      const quantity = isOne ? 1 : random.int(1, Math.min(2, sale.unitsPerBuyerMax ?? 2));
      return { kind, sku: of, buyer, quantity };
    };
    return inBaskets && random.chance(60) ? [wish(SKUS[0]), wish(SKUS[1])] : [wish(sku)];
  }
  if (sells === 'tickets' && made.order !== undefined && random.chance(75)) {
    const ticket = codeOfTicket(made.order, random.int(1, made.quantity));
    return [{ kind: 'check-in', buyer: GATE, quantity: 1, ticket }];
  }
  const kind = sells === undefined ? useOf(random, made) : USES[sells];
  const thing = asksOf(kind) as 'hold' | 'order' | 'voucher';
  const user = random.chance(12) ? buyer : made.buyer;
  const use = (of: Operation): Wanted => ({
    ...{ kind, quantity: of.quantity },
    ...(of.sku && kind !== 'redeem' && { sku: of.sku }),
    ...(user && { buyer: user }),
    ...(of[thing] && { [thing]: of[thing] }),
  });
  const [first = made, ...others] = known.filter(
    ({ basket }) => basket !== undefined && basket === made.basket,
  );
  return [use(first), ...others.map(use)];
}

/** Besides the gate. */
const USES = { tickets: 'cancel', rewards: 'redeem' } as const;

const MAKERS = new Set<OperationKind>(['reserve', 'confirm', 'register', 'buy']);

const isUsable = ({ kind, outcome }: Operation): boolean => outcome === 'ok' && MAKERS.has(kind);

/** A kind of call that uses what a call has made. */
function useOf(random: Random, { kind, hold, order, voucher }: Operation): OperationKind {
  if (voucher !== undefined && random.chance(75)) return 'redeem';
  if (kind !== 'reserve' && order !== undefined && (hold === undefined || random.chance(60))) {
    return 'cancel';
  }
  if (hold === undefined) return 'cancel';
  return random.chance(60) ? 'confirm' : 'release';
}
