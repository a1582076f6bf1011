import { OPERATION_NAMES, type OperationName } from '../file/schema.ts';
import type { ApiDescription, ApiField, ApiRoute } from './api-route.ts';
import { guessOperations, type RouteGuess } from './guess-operations.ts';
import { type FieldMeaning, fieldWith, hasMeaning, leafOf, meaningOfParameter } from './words.ts';

/** A part of a target file with the reason for it, or the doubt about it. */
export interface Guessed<Value> {
  value: Value;
  /** Sentences without a full stop, one for each line of a comment. */
  notes: string[];
}

type Json = Record<string, unknown>;

/** A target file guessed from an API description. Everything in it is a guess. */
export interface TargetGuess {
  url: Guessed<string>;
  headers: Guessed<Record<string, string>> | undefined;
  operations: Partial<Record<OperationName, Guessed<Json>>>;
  answers: Guessed<Json[]>;
  buyers: Guessed<Json>;
  sale: Guessed<Json>;
}

export function guessTarget(api: ApiDescription): TargetGuess {
  const guesses = guessOperations(api.routes);
  const operations = Object.fromEntries(
    OPERATION_NAMES.flatMap((name) => {
      const guess = guesses[name];
      return guess === undefined ? [] : [[name, operationOf(name, guess, api)]];
    }),
  );
  const routes = OPERATION_NAMES.flatMap((name) => guesses[name]?.route ?? []);
  return {
    url: urlOf(api),
    headers: headersOf(api),
    operations,
    answers: answersOf(routes),
    buyers: buyersOf(guesses.signUp, guesses.logIn, api),
    sale: saleOf(guesses.createSku, api),
  };
}

function urlOf({ url, basePath }: ApiDescription): Guessed<string> {
  if (url !== undefined)
    return { value: url, notes: ['from the document; check that it is your test server'] };
  return {
    value: `http://127.0.0.1:3000${basePath}`,
    notes: ['the document names no server, so this is made up'],
  };
}

function headersOf({ credential }: ApiDescription): TargetGuess['headers'] {
  if (credential === undefined) return undefined;
  const notes = ['how the document says that a caller is known'];
  if (credential.in === 'bearer') return { value: { authorization: 'Bearer {token}' }, notes };
  if (credential.in === 'basic') return { value: { authorization: 'Basic {basic}' }, notes };
  if (credential.in === 'cookie') return { value: { cookie: `${credential.name}={token}` }, notes };
  if (credential.in === 'header')
    return { value: { [credential.name.toLowerCase()]: '{token}' }, notes };
  return undefined;
}

/** The placeholder that a request has where a field of this meaning stands. */
const PLACEHOLDER: Partial<Record<FieldMeaning, string>> = {
  sku: '{sku}',
  quantity: '{quantity}',
  buyer: '{buyer}',
  hold: '{hold}',
  order: '{order}',
  voucher: '{voucher}',
  price: '{price}',
};
const MEANINGS = Object.keys(PLACEHOLDER) as FieldMeaning[];

/** Finds the placeholder for a field of a request; undefined if it has none. */
type Fill = (field: ApiField) => string | undefined;

const asOperation: Fill = (field) => {
  const meaning = MEANINGS.find((each) => hasMeaning(field, each));
  const placeholder = meaning && PLACEHOLDER[meaning];
  // An id that is sent as a number: fields of a sale are texts.
  const isNumber = /^(integer|number)$/.test(field.type) && meaning !== 'quantity';
  return isNumber ? placeholder?.replace('}', ':number}') : placeholder;
};

const asAccount: Fill = (field) => {
  if (hasMeaning(field, 'password')) return '{password}';
  if (/e_?mail/i.test(leafOf(field))) return '{email}';
  return /name|login|user/i.test(leafOf(field)) ? '{id}' : undefined;
};

const asOffer: Fill = (field) => {
  if (hasMeaning(field, 'stock')) return '{stock}';
  if (hasMeaning(field, 'price')) return '{price}';
  return hasMeaning(field, 'sku') || /^(name|title)$/i.test(leafOf(field)) ? '{sku}' : undefined;
};

function operationOf(
  name: OperationName,
  { route, because }: RouteGuess,
  { basePath }: ApiDescription,
): Guessed<Json> {
  const request = requestOf(route, basePath, asOperation);
  const value: Json = { ...request.value };
  const answer = placesOf(name, route);
  if (Object.keys(answer).length > 0) value.answer = answer;
  const notes = [because, ...request.notes];
  if (name === 'attempt') {
    notes.push(
      'it is decided later: say under `later` how a buyer asks for the decision, or leave it to the evidence',
    );
  }
  return { value, notes };
}

/** The request of a route, each field with its placeholder, its example, or a made-up value that a note names. */
function requestOf(route: ApiRoute, basePath: string, fill: Fill): Guessed<Json> {
  const made: string[] = [];
  const path = route.path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const meaning = meaningOfParameter(route.path, name);
    const placeholder = meaning && PLACEHOLDER[meaning];
    if (placeholder === undefined) made.push(`{${name}} of the path`);
    return placeholder ?? '1';
  });
  const sentFor = (field: ApiField): unknown => {
    const placeholder = fill(field);
    if (placeholder !== undefined) return placeholder;
    if (field.example === undefined) made.push(field.path);
    return field.example ?? byType(field.type);
  };
  const isWanted = (field: ApiField): boolean => field.required || fill(field) !== undefined;
  const query = route.queryFields
    .filter(isWanted)
    .map((field) => `${field.path}=${sentFor(field)}`);
  const headers = Object.fromEntries(
    route.headerFields
      .filter(({ path: header }) => IDEMPOTENCY.test(header))
      .map(({ path: header }) => [header.toLowerCase(), '{key}']),
  );
  const body: Json = {};
  for (const field of route.bodyFields.filter(isWanted)) putAt(body, field.path, sentFor(field));
  const isDescribed =
    route.bodyFields.length > 0 || !/^(POST|PUT|PATCH)$/.test(route.method) || path.includes('{');
  return {
    value: {
      request: `${route.method} ${pathOf(path, query)}`,
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(route.bodyKind !== undefined &&
        Object.keys(body).length > 0 && { [route.bodyKind]: body }),
    },
    notes: [
      ...(isDescribed ? [] : ['the document does not describe its body']),
      ...(made.length > 0 ? [`these values are made up: ${made.join(', ')}`] : []),
    ],
  };

  function pathOf(filled: string, parameters: string[]): string {
    // The base URL has the base path already, where the document names a server.
    const whole = filled.startsWith(basePath) ? filled.slice(basePath.length) : filled;
    return parameters.length === 0 ? whole : `${whole}?${parameters.join('&')}`;
  }
}

const IDEMPOTENCY = /idempotency/i;

function byType(type: string): unknown {
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return true;
  return type === 'array' ? [] : 'text';
}

/** Sets a value in nested objects and lists; a segment that is a number is a place in a list. */
function putAt(body: Json, path: string, value: unknown): void {
  const keys = path.split('.');
  let node: Record<string, unknown> = body;
  for (const [index, key] of keys.slice(0, -1).entries()) {
    node[key] ??= /^\d+$/.test(keys[index + 1] as string) ? [] : {};
    node = node[key] as Record<string, unknown>;
  }
  node[keys.at(-1) as string] = value;
}

/** Facts in the answer of success. The `id` of an answer is that of the thing that the operation makes. */
function placesOf(name: OperationName, { answers }: ApiRoute): Record<string, string> {
  const fields = answers.find(({ status }) => /^2/.test(status))?.fields ?? [];
  const id = fields
    .filter((field) => leafOf(field).toLowerCase() === 'id')
    .toSorted((a, b) => a.path.length - b.path.length)[0];
  const find = (meaning: FieldMeaning): string | undefined => fieldWith(fields, meaning)?.path;
  const places: Record<string, string | undefined> = {};
  if (name === 'reserve') places.hold = find('hold') ?? id?.path;
  if (name === 'buy' || name === 'confirm') places.order = find('order') ?? id?.path;
  if (name === 'register') places.voucher = find('voucher');
  if (name === 'read') places.available = find('available');
  return Object.fromEntries(
    Object.entries(places).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

const SOLD_OUT =
  /sold.?out|out.of.stock|insufficient|not enough|no (more )?(stock|units|tickets|items)/i;

/** Rules for the answers that the document lists, and for those that nearly every server gives. */
function answersOf(routes: ApiRoute[]): Guessed<Json[]> {
  const listed = routes.flatMap(({ answers }) => answers);
  const soldOut = listed.filter(({ description }) => SOLD_OUT.test(description));
  const statuses = [...new Set(soldOut.map(({ status }) => Number(status)))].filter(
    Number.isInteger,
  );
  const notes: string[] = [];
  if (statuses.length === 0) {
    notes.push('the document does not say how "sold out" is answered: mend the rule for it');
  }
  const others = new Set(
    listed.filter((answer) => !soldOut.includes(answer)).map(({ status }) => Number(status)),
  );
  const shared = statuses.filter((status) => others.has(status));
  if (shared.length > 0) {
    notes.push(
      `${shared.join(', ')} also means something else: add the field of the body that tells it apart`,
    );
  }
  return {
    value: [
      { limited: { status: 429 } },
      {
        sold_out: {
          status: statuses.length === 1 ? statuses[0] : statuses.length > 1 ? statuses : 409,
        },
      },
      { accepted: { status: 202 } },
      { ok: { status: '2xx' } },
      { refused: { status: '4xx' } },
      { error: { status: '5xx' } },
    ],
    notes,
  };
}

function buyersOf(
  signUp: RouteGuess | undefined,
  logIn: RouteGuess | undefined,
  api: ApiDescription,
): Guessed<Json> {
  const calls = [signUp, logIn].filter((guess) => guess !== undefined);
  const fields = { id: 'buyer-{n}' };
  if (calls.length === 0) {
    const notes =
      api.credential === undefined
        ? []
        : [
            'the document has no login: give a file of tokens, a secret to sign them with, or the calls of a login',
          ];
    return { value: { fields }, notes };
  }
  const steps = calls.map(({ route }) => stepOf(route, api.basePath));
  return {
    value: {
      fields: { ...fields, email: 'buyer-{n}@example.test', password: 'secret-{n}' },
      steps,
    },
    notes: calls.map(({ route, because }) => `${route.method} ${route.path}: ${because}`),
  };
}

/** The request of a call that registers a buyer or logs one in. */
function stepOf(route: ApiRoute, basePath: string): Json {
  const { value } = requestOf(route, basePath, asAccount);
  const fields = route.answers.find(({ status }) => /^2/.test(status))?.fields ?? [];
  const token = fieldWith(fields, 'token')?.path;
  // Somebody who registered in an earlier run is there already.
  return { ...value, ...(token === undefined ? { accept: [409] } : { answer: { token } }) };
}

function saleOf(guess: RouteGuess | undefined, { basePath }: ApiDescription): Guessed<Json> {
  if (guess === undefined) {
    return {
      value: { skus: [{ id: 'SKU-1', stock: 100 }] },
      notes: [
        'the document has no call that puts something on sale: name what is there, or say how with `create`',
      ],
    };
  }
  const { route, because } = guess;
  const request = requestOf(route, basePath, asOffer);
  const fields = route.answers.find(({ status }) => /^2/.test(status))?.fields ?? [];
  const id =
    fieldWith(fields, 'sku') ?? fields.find((field) => leafOf(field).toLowerCase() === 'id');
  const step = { ...request.value, ...(id && { answer: { sku: id.path } }) };
  return {
    value: { create: [step] },
    notes: [`${route.method} ${route.path}: ${because}`, ...request.notes],
  };
}
