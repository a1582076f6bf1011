import type { OperationName } from '../file/schema.ts';
import type { ApiRoute } from './api-route.ts';
import { type FieldMeaning, fieldWith, meaningOfParameter, wordsOf } from './words.ts';

/** A route that is probably an operation, or a call that has to be made before the sale. */
export interface RouteGuess {
  route: ApiRoute;
  /** The reason, as the rest of a sentence: `its path says "orders", its body has productId`. */
  because: string;
}

/** Calls that are no operations: a buyer gets an account and a token, and a SKU is put on sale. */
export type PreparationName = 'signUp' | 'logIn' | 'createSku';

interface Signs {
  methods: string;
  /** Words that speak for it, the strongest first. One of them must occur. */
  words: string[];
  /** Words that speak against it. */
  not?: string[];
  /** Meanings that a field of the request must have. */
  needs?: FieldMeaning[];
  /** Meanings that no field of the request may have. */
  lacks?: FieldMeaning[];
  /** A further condition. */
  when?: (route: ApiRoute) => boolean;
}

const isDecidedLater = ({ answers }: ApiRoute): boolean =>
  answers.some(({ status }) => status === '202') &&
  !answers.some(({ status }) => status === '200' || status === '201');

/** Operations on baskets are not guessed: a list in a body may be of anything. */
const SIGNS: Record<Exclude<OperationName, `${string}-basket`> | PreparationName, Signs> = {
  attempt: {
    methods: 'POST PUT',
    words: ['attempt', 'queue', 'buy', 'purchase', 'order', 'checkout'],
    needs: ['sku'],
    lacks: ['hold', 'password'],
    when: isDecidedLater,
  },
  reserve: {
    methods: 'POST PUT',
    words: ['reserve', 'reservation', 'hold', 'lock', 'booking', 'cart'],
    not: ['confirm', 'checkout', 'release', 'cancel', 'pay'],
    needs: ['sku'],
    lacks: ['hold', 'order', 'password'],
  },
  confirm: {
    methods: 'POST PUT PATCH',
    words: ['checkout', 'confirm', 'purchase', 'pay', 'payment', 'complete', 'order'],
    not: ['cancel', 'release'],
    needs: ['hold'],
  },
  release: {
    methods: 'DELETE POST PUT PATCH',
    words: ['release', 'cancel', 'reservation', 'hold', 'lock', 'booking', 'cart'],
    not: ['confirm', 'checkout', 'pay', 'order'],
    needs: ['hold'],
    when: (route) => route.method === 'DELETE' || /release|cancel/i.test(route.path + route.title),
  },
  cancel: {
    methods: 'POST DELETE PUT PATCH',
    words: ['cancel', 'refund', 'order', 'purchase'],
    needs: ['order'],
    when: (route) => route.method === 'DELETE' || /cancel|refund/i.test(route.path + route.title),
  },
  buy: {
    methods: 'POST PUT',
    words: ['buy', 'purchase', 'order', 'checkout', 'seckill'],
    not: ['cancel', 'confirm', 'reservation'],
    needs: ['sku'],
    lacks: ['hold', 'order', 'password'],
    when: (route) => !isDecidedLater(route),
  },
  register: {
    methods: 'POST',
    words: ['voucher', 'coupon', 'campaign', 'claim'],
    not: ['redeem', 'use', 'apply', 'login'],
    needs: ['sku'],
    lacks: ['password', 'voucher', 'stock'],
  },
  redeem: {
    methods: 'POST PUT PATCH',
    words: ['redeem', 'use', 'apply'],
    needs: ['voucher'],
    lacks: ['password'],
  },
  // The code of a ticket has no name that is the same everywhere.
  'check-in': {
    methods: 'POST',
    words: ['check-in', 'checkin', 'admit', 'scan'],
    when: () => false,
  },
  read: {
    methods: 'GET',
    words: ['availability', 'stock', 'inventory', 'product', 'item', 'sale', 'event', 'ticket'],
    needs: ['sku'],
    lacks: ['order', 'hold'],
    when: ({ answers }) => answers.some(({ fields }) => fieldWith(fields, 'available')),
  },
  track: {
    methods: 'POST',
    words: ['track', 'analytics', 'telemetry', 'collect'],
    needs: ['sku'],
    lacks: ['hold', 'order', 'password'],
    when: (route) => /track|analytics|telemetry/i.test(route.path),
  },
  logIn: {
    methods: 'POST',
    words: ['login', 'signin', 'session', 'authenticate', 'token', 'auth'],
    not: ['register', 'signup', 'logout', 'refresh'],
    needs: ['password'],
  },
  signUp: {
    methods: 'POST',
    words: ['register', 'signup', 'registration', 'user', 'account', 'customer'],
    not: ['login', 'signin', 'logout', 'refresh'],
    needs: ['password'],
  },
  createSku: {
    methods: 'POST PUT',
    words: ['product', 'item', 'sale', 'event', 'campaign', 'ticket', 'inventory', 'stock'],
    not: ['order', 'buy', 'purchase', 'reserve', 'reservation', 'checkout', 'cart'],
    needs: ['stock'],
    lacks: ['buyer', 'password'],
  },
};

/** The meanings of a request's fields: those of its body, its query and its path. */
export function meaningsOf(route: ApiRoute): Set<FieldMeaning> {
  const inPath = [...route.path.matchAll(/\{([^}]+)\}/g)].map(([, name]) =>
    meaningOfParameter(route.path, name as string),
  );
  const elsewhere = ALL_MEANINGS.filter((meaning) =>
    fieldWith([...route.bodyFields, ...route.queryFields], meaning),
  );
  return new Set([...inPath.filter((meaning) => meaning !== undefined), ...elsewhere]);
}

const ALL_MEANINGS: FieldMeaning[] = [
  ...(['sku', 'quantity', 'buyer', 'hold', 'order'] as const),
  ...(['voucher', 'price', 'stock', 'password'] as const),
];

/** The most likely route of each operation. A route is one operation at most: the first that it fits, in this order. */
export function guessOperations(
  routes: ApiRoute[],
): Partial<Record<OperationName | PreparationName, RouteGuess>> {
  const guesses: Partial<Record<OperationName | PreparationName, RouteGuess>> = {};
  const taken = new Set<ApiRoute>();
  for (const [name, signs] of Object.entries(SIGNS) as [OperationName, Signs][]) {
    let best: (RouteGuess & { score: number }) | undefined;
    for (const route of routes) {
      if (taken.has(route)) continue;
      const guess = weigh(route, signs);
      if (guess !== undefined && guess.score > (best?.score ?? 0)) best = { route, ...guess };
    }
    if (best === undefined) continue;
    taken.add(best.route);
    guesses[name] = { route: best.route, because: best.because };
  }
  // A voucher's registration without its use, or a hold that nothing confirms, is most likely something else.
  if (guesses.redeem === undefined) delete guesses.register;
  return guesses;
}

/** Undefined if the route cannot be it. */
function weigh(route: ApiRoute, signs: Signs): { score: number; because: string } | undefined {
  const { methods, words, not = [], needs = [], lacks = [], when } = signs;
  if (!methods.split(' ').includes(route.method)) return undefined;
  const said = wordsOf(route);
  const found = words.filter((word) => said.has(word));
  if (found.length === 0 || not.some((word) => said.has(word))) return undefined;
  const meanings = meaningsOf(route);
  if (needs.some((meaning) => !meanings.has(meaning))) return undefined;
  if (lacks.some((meaning) => meanings.has(meaning))) return undefined;
  if (when !== undefined && !when(route)) return undefined;
  const strongest = words.length - words.indexOf(found[0] as string);
  // The shorter of two paths is the more general one, so words weigh more than its length.
  const score =
    10 * strongest + 3 * found.length + meanings.size - route.path.split('/').length / 10;
  return { score, because: reasonFor(found, needs) };
}

function reasonFor(found: string[], needs: FieldMeaning[]): string {
  const says = `it says ${found.map((word) => `"${word}"`).join(', ')}`;
  if (needs.length === 0) return says;
  return `${says}, and a field of it looks like ${needs.map((each) => NAMES[each] ?? each).join(' and ')}`;
}

const NAMES: Partial<Record<FieldMeaning, string>> = {
  sku: 'a SKU',
  hold: 'a hold',
  order: 'an order',
  voucher: 'a voucher’s code',
  stock: 'a number of units',
  password: 'a password',
};
