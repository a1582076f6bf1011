import exec from 'k6/execution';
import http, { type RefinedResponse } from 'k6/http';
import {
  type AnswerView,
  createClassifier,
  createPollReader,
  createReader,
  type PollMeaning,
} from './answers.ts';
import type { Decision, Later, Meaning, Operation, Text } from './description.ts';
import { createFiller, type FilledRequest } from './requests.ts';
import type { Buyer, Sku } from './sale.ts';

/** Units of one SKU that are wanted together with those of others. */
export interface BasketLine {
  sku: Sku;
  quantity: number;
}

/** The facts that a call is made with, or that its answer gave. */
export interface CallFacts {
  sku: Sku;
  quantity: number;
  hold?: string | undefined;
  order?: string | undefined;
  voucher?: string | undefined;
  ticket?: string | undefined;
  /** The basket that the call is about, and the lines of one that is wanted. */
  basket?: string | undefined;
  lines?: BasketLine[] | undefined;
  /** Names the buyer's wish: calls with the same key count as one. */
  key?: string | undefined;
}

/** The meaning of a response, and the facts in it. */
export interface ReadResponse {
  view: AnswerView;
  is: Meaning | 'unanswered';
  status: number;
  decision?: Decision;
  /** The meaning of a decision that is no yes. */
  declined?: 'sold_out' | 'refused';
  hold?: string;
  order?: string;
  voucher?: string;
  basket?: string;
  /** The codes of the tickets. */
  tickets?: string[];
  quantity?: number;
  available?: number;
}

/** A request of a shop, ready to be filled in, and the reader of its answers. */
export interface PreparedCall {
  request: Operation | Later;
  expected: ReturnType<typeof http.expectedStatuses>;
  fill(buyer: Buyer, facts: CallFacts): FilledRequest;
  read(response: RefinedResponse<'text'>): ReadResponse;
}

/** Makes functions of a description, once per VU. */
export function createPreparedCall(
  request: Operation | Later,
  toBase64: (text: string) => string,
): PreparedCall {
  const fill = createFiller(request, toBase64);
  const readMeaning = 'decisions' in request ? createPollReader(request) : meaningReader(request);
  const readers = {
    hold: createReader(request.answer.hold),
    order: createReader(request.answer.order),
    voucher: createReader(request.answer.voucher),
    basket: createReader(request.answer.basket),
    tickets: createReader(request.answer.tickets),
    quantity: createReader(request.answer.quantity),
    available: createReader(request.answer.available),
  };
  const names = (Object.keys(readers) as (keyof typeof readers)[]).filter(
    (name) => request.answer[name] !== undefined,
  );
  const needsKey = needs(request, 'key');
  const needsCall = needs(request, 'call');
  return {
    request,
    expected: http.expectedStatuses(...request.expected),
    fill: (buyer, facts) =>
      fill({
        buyer,
        sku: facts.sku,
        lines: facts.lines,
        call: {
          ...facts,
          ...(needsKey && facts.key === undefined ? { key: nextId() } : {}),
          ...(needsCall ? { call: nextId() } : {}),
        },
      }),
    read(response) {
      const view = viewOf(response);
      if (response.status === 0) return { view, is: 'unanswered', status: 0 };
      const { is, decision, declined } = readMeaning(view);
      const said: ReadResponse = { view, is, status: response.status };
      if (decision !== undefined) said.decision = decision;
      if (declined !== undefined) said.declined = declined;
      if (is !== 'ok' && is !== 'accepted') return said;
      for (const name of names) assign(said, name, readers[name](view));
      return said;
    },
  };
}

function meaningReader({ answers }: Operation): (view: AnswerView) => PollMeaning {
  const ruleOf = createClassifier(answers);
  return (view) => ({ is: ruleOf(view)?.is || 'unclassified' });
}

function assign(said: ReadResponse, name: keyof ReadResponse, value: unknown): void {
  if (value === undefined || value === null) return;
  if (name === 'tickets') said.tickets = Array.isArray(value) ? value.map(String) : [String(value)];
  // The ids of the lines of a basket say nothing that another call about it would need.
  else if (Array.isArray(value)) return;
  else if (name === 'quantity' || name === 'available') said[name] = Number(value);
  else Object.assign(said, { [name]: String(value) });
}

/** True if a request cannot be sent without a value that nobody else gives. */
function needs({ path, headers, body }: Operation | Later, field: string): boolean {
  const has = (text: Text = []): boolean =>
    text.some((part) => {
      if (typeof part === 'string') return false;
      return 'each' in part ? has(part.each) : part.of === 'call' && part.field === field;
    });
  return has(path) || has(body) || headers.some(({ value, optional }) => !optional && has(value));
}

let idsMade = 0;

/** An id in the form of a UUID that no other call of the run has. */
function nextId(): string {
  idsMade += 1;
  const random = Math.floor(Math.random() * 2 ** 48)
    .toString(16)
    .padStart(12, '0');
  const vu = (exec.vu.idInTest % 0x1000).toString(16).padStart(3, '0');
  const own = idsMade.toString(16).padStart(12, '0');
  return `${random.slice(0, 8)}-${random.slice(8)}-8${vu}-a${vu}-${own}`;
}

function viewOf(response: RefinedResponse<'text'>): AnswerView {
  let parsed: { json: unknown } | undefined;
  return {
    status: response.status,
    header(name) {
      const { headers } = response;
      const known = Object.keys(headers).find((each) => each.toLowerCase() === name);
      return known === undefined ? undefined : headers[known];
    },
    cookie: (name) => response.cookies[name]?.[0]?.value,
    text: () => response.body || '',
    json() {
      parsed = parsed || { json: jsonOf(response) };
      return parsed.json;
    },
  };
}

function jsonOf(response: RefinedResponse<'text'>): unknown {
  try {
    return response.json();
  } catch {
    return undefined;
  }
}
