import { sleep } from 'k6';
import encoding from 'k6/encoding';
import exec from 'k6/execution';
import http from 'k6/http';
import { Rate } from 'k6/metrics';
import { createTest } from './answers.ts';
import { type BasketLine, type CallFacts, createPreparedCall, type PreparedCall } from './calls.ts';
import type { Decision, Meaning, OperationName } from './description.ts';
import { type Buyer, type Sku, theShop } from './sale.ts';

/**
 * The things that a buyer does in a shop, whatever shop it is: how its requests look and what its answers mean stands in its
 * description. Every call is awaited, so that the same code runs in both programs: k6's calls block, and those of
 * flashsale-cli return promises.
 */

/** Share of calls with a definite answer: bought, sold out or refused, but neither a server error nor no answer. */
export const answered = new Rate('answered');

const targets = (__ENV.FLASHSALE_TARGETS || 'http://127.0.0.1:3001').split(',');

/** k6's code for a refused connection: the request was not sent, so it is safe to send it to another instance. */
const CONNECTION_REFUSED = 1212;
const TRIES_MAX = 50;
const RETRY_AFTER_SECONDS = 0.2;

/** An answer, with everything that is known of the purchase that it is a part of. */
export interface Answer extends CallFacts {
  /** The operation that was answered. */
  of: OperationName;
  is: Meaning | 'unanswered';
  status: number;
  sku: Sku;
  available?: number;
  /** The codes of tickets that were bought. */
  tickets?: string[];
  /** The decision over an attempt, and its meaning if it is no yes. */
  decision?: Decision;
  declined?: 'sold_out' | 'refused';
}

/** True if the shop has one of these operations. */
export const can = (...names: OperationName[]): boolean =>
  names.some((name) => theShop().operations[name] !== undefined);

/**
 * Takes some units: reserves them, or buys them at once where nothing can be reserved, or attempts it and waits for the
 * decision. Calls with the same `key` count as one call, so they may be repeated.
 */
export async function takeUnits(
  buyer: Buyer,
  sku: Sku,
  quantity = 1,
  key?: string,
): Promise<Answer> {
  if (can('reserve')) return await call('reserve', buyer, { sku, quantity, key });
  if (can('buy')) return await call('buy', buyer, { sku, quantity, key });
  return await decided(buyer, await attempt(buyer, sku, quantity, key));
}

/**
 * Takes some units, or one if there are fewer left. A buyer who cannot have as many looks at the stock first, so that the
 * last units do not remain because everybody wants two.
 */
export async function takeUnitsOrOne(buyer: Buyer, sku: Sku, quantity: number): Promise<Answer> {
  const answer = await takeUnits(buyer, sku, quantity);
  if (quantity === 1 || !isSoldOut(answer)) return answer;
  const seen = await readAvailability(buyer, sku);
  return seen?.available === 0 ? answer : await takeUnits(buyer, sku);
}

/**
 * Takes units of several SKUs, all or none: reserves them, or buys them at once where nothing can be reserved.
 */
export async function takeBasket(buyer: Buyer, lines: BasketLine[], key?: string): Promise<Answer> {
  const name = can('reserve-basket') ? 'reserve-basket' : 'buy-basket';
  return await callFor(name, buyer, lines, key);
}

/** Buys units of several SKUs in one call, all or none. Calls with the same `key` count as one call. */
export async function buyBasket(buyer: Buyer, lines: BasketLine[], key?: string): Promise<Answer> {
  return await callFor('buy-basket', buyer, lines, key);
}

/** Buys what was reserved. Where taking was buying, nothing is left to do. Calls with the same `key` count as one call. */
export async function checkOut(buyer: Buyer, taken: Answer, key?: string): Promise<Answer> {
  const name = forBasket('confirm', taken);
  if (!taken.of.startsWith('reserve') || !can(name)) return taken;
  return await call(name, buyer, { ...factsOf(taken), key });
}

/** Gives a reservation back; its units go on sale again. */
export async function release(buyer: Buyer, reserved: Answer): Promise<Answer> {
  return await call(forBasket('release', reserved), buyer, factsOf(reserved));
}

/** Cancels an order; its units go on sale again. */
export async function cancelOrder(buyer: Buyer, bought: Answer): Promise<Answer> {
  return await call(forBasket('cancel', bought), buyer, factsOf(bought));
}

/** Registers for a campaign. The answer contains a voucher if there was one left. */
export async function register(buyer: Buyer, sku: Sku): Promise<Answer> {
  return await call('register', buyer, { sku, quantity: 1 });
}

/** Uses a voucher. */
export async function redeem(buyer: Buyer, registered: Answer): Promise<Answer> {
  return await call('redeem', buyer, factsOf(registered));
}

/** Buys units in one call: an order of tickets, say. Calls with the same `key` count as one call. */
export async function buy(buyer: Buyer, sku: Sku, quantity = 1, key?: string): Promise<Answer> {
  return await call('buy', buyer, { sku, quantity, key });
}

/** Lets a ticket in, by its code. */
export async function checkIn(organizer: Buyer, sku: Sku, ticket: string): Promise<Answer> {
  return await call('check-in', organizer, { sku, quantity: 1, ticket });
}

/** Tries to buy. The attempt is accepted or refused at once, and decided later: see `readDecision`. */
export async function attempt(buyer: Buyer, sku: Sku, quantity = 1, key?: string): Promise<Answer> {
  return await call('attempt', buyer, { sku, quantity, key });
}

/** Asks for the decision over an attempt; it is undefined if there was no answer. */
export async function readDecision(buyer: Buyer, attempted: Answer): Promise<Answer> {
  return await send(preparedPoll(), 'attempt', buyer, factsOf(attempted));
}

/** Asks for the decision over an accepted attempt until there is one, or until it takes too long. */
export async function decided(buyer: Buyer, attempted: Answer): Promise<Answer> {
  const later = theShop().operations.attempt?.later;
  if (later === undefined || !isYes(attempted)) return attempted;
  const asksMax = Math.ceil(later.giveUpMs / later.everyMs);
  for (let asks = 0; asks < asksMax; asks += 1) {
    await sleep(later.everyMs / 1_000);
    const { decision, ...said } = await readDecision(buyer, attempted);
    if (decision === 'SUCCESS') return { ...said, decision };
    if (decision === 'FAILED') return { ...said, is: said.declined || 'refused', decision };
  }
  return { ...attempted, is: 'accepted', decision: 'PENDING' };
}

/** Tells the analytics of what happened. Calls with the same `key` tell of the same. */
export async function track(buyer: Buyer, sku: Sku, key: string): Promise<Answer> {
  return await call('track', buyer, { sku, quantity: 1, key });
}

/** Reads how many units of a SKU are available; undefined in a shop that does not show it. */
export async function readAvailability(buyer: Buyer, sku: Sku): Promise<Answer | undefined> {
  return can('read') ? await call('read', buyer, { sku, quantity: 1 }) : undefined;
}

/** True if the shop did what it was asked. */
export const isOk = ({ is }: Answer): boolean => is === 'ok';

/** True if the shop did it, or promised to. */
export const isYes = ({ is }: Answer): boolean => is === 'ok' || is === 'accepted';

export const isSoldOut = ({ is }: Answer): boolean => is === 'sold_out';

/** True if the shop refused: too late, not yours, not twice. */
export const isRefused = ({ is }: Answer): boolean => is === 'refused' || is === 'sold_out';

/** The facts of a purchase that its next calls need. Each call is a wish of its own, so the key is not one of them. */
const factsOf = ({ sku, quantity, hold, order, voucher, basket, lines }: Answer): CallFacts => ({
  ...{ sku, quantity, hold, order, voucher, basket, lines },
});

/** The operation on what an answer is about: one thing, or all lines of a basket. */
const forBasket = (name: 'confirm' | 'release' | 'cancel', { lines }: Answer): OperationName =>
  lines === undefined ? name : `${name}-basket`;

const prepared: Partial<Record<OperationName, PreparedCall>> = {};
let poll: PreparedCall | undefined;
let isAwayAnswer: ReturnType<typeof createTest> | undefined;

/** The descriptions are read when the first call needs them, because there is no sale yet when k6 reads the options. */
function preparedCall(name: OperationName): PreparedCall {
  const operation = theShop().operations[name];
  if (operation === undefined) throw new Error(`${theShop().name} has no operation "${name}"`);
  const made = prepared[name] || createPreparedCall(operation, encoding.b64encode);
  prepared[name] = made;
  return made;
}

function preparedPoll(): PreparedCall {
  const later = theShop().operations.attempt?.later;
  if (later === undefined) throw new Error(`${theShop().name} has no later decisions of attempts`);
  poll = poll || createPreparedCall(later, encoding.b64encode);
  return poll;
}

/** Makes a call for a basket, whose quantity is that of all its lines. */
async function callFor(
  name: OperationName,
  buyer: Buyer,
  lines: BasketLine[],
  key: string | undefined,
): Promise<Answer> {
  const quantity = lines.reduce((units, line) => units + line.quantity, 0);
  return await call(name, buyer, { sku: (lines[0] as BasketLine).sku, quantity, lines, key });
}

async function call(name: OperationName, buyer: Buyer, facts: CallFacts): Promise<Answer> {
  return await send(preparedCall(name), name, buyer, facts);
}

/** Sends one request. A VU uses one instance, and goes on to the next one only if that instance is away. */
async function send(
  { request, expected, fill, read }: PreparedCall,
  of: OperationName,
  buyer: Buyer,
  facts: CallFacts,
): Promise<Answer> {
  const { path, headers, body } = fill(buyer, facts);
  for (let tries = 0; ; tries += 1) {
    const target = targets[(exec.vu.idInTest + tries) % targets.length] as string;
    const response = await http.request<'text'>(request.method, target + path, body, {
      headers,
      tags: { name: request.name },
      timeout: '30s',
      redirects: 0,
      // One VU acts for several buyers, who must not have each other's cookies.
      jar: new http.CookieJar(),
      responseCallback: expected,
    });
    const said = read(response);
    const isAway = response.error_code === CONNECTION_REFUSED || isAwayNow(said.view);
    if (!isAway || tries === TRIES_MAX) {
      answered.add(!['unanswered', 'error', 'unclassified'].includes(said.is));
      const { view: _, ...answer } = said;
      return { ...facts, ...answer, of };
    }
    await sleep(RETRY_AFTER_SECONDS);
  }
}

function isAwayNow(view: Parameters<ReturnType<typeof createTest>>[0]): boolean {
  const { away } = theShop();
  if (away === undefined) return false;
  isAwayAnswer = isAwayAnswer || createTest(away);
  return isAwayAnswer(view);
}
