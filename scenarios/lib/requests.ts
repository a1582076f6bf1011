import type { Encoding, Header, Placeholder, Request, Text } from './description.ts';

/** The values that placeholders stand for. */
export interface RequestFacts {
  buyer: object;
  sku: object;
  /** The facts of the call: quantity, key, call, hold, order, voucher. */
  call: object;
  /** The lines of the basket that is wanted. */
  lines?: { sku: object; quantity: number }[] | undefined;
}

/** A request that is ready to be sent. */
export interface FilledRequest {
  path: string;
  headers: Record<string, string>;
  body: string | null;
}

type Fill = (facts: RequestFacts) => string;

/**
 * A function that fills in the placeholders of a request. It throws for a value that nobody gave.
 *
 * @param toBase64 k6 has no function of the language for it
 */
export function createFiller(
  request: Request,
  toBase64: (text: string) => string,
): (facts: RequestFacts) => FilledRequest {
  const fillPath = fillerOf(request.path, request, toBase64);
  const fillBody = request.body && fillerOf(request.body, request, toBase64);
  const headers = request.headers.map((header) => ({
    name: header.name,
    isLeftOut: leftOutTest(header),
    fill: fillerOf(header.value, request, toBase64),
  }));
  return (facts) => {
    const filled: Record<string, string> = {};
    for (const { name, isLeftOut, fill } of headers) {
      if (!isLeftOut(facts)) filled[name] = fill(facts);
    }
    return { path: fillPath(facts), headers: filled, body: fillBody ? fillBody(facts) : null };
  };
}

function leftOutTest({ value, optional }: Header): (facts: RequestFacts) => boolean {
  if (!optional) return () => false;
  return (facts) =>
    value.some(
      (part) => typeof part !== 'string' && 'of' in part && fieldValue(part, facts) === undefined,
    );
}

function fillerOf(text: Text, request: Request, toBase64: (text: string) => string): Fill {
  const fills = text.map((part): Fill => {
    if (typeof part === 'string') return () => part;
    if ('each' in part) return eachFiller(fillerOf(part.each, request, toBase64));
    const encode = encoderOf(part.as, toBase64);
    return (facts) => {
      const value = fieldValue(part, facts);
      if (value === undefined || value === null) throw missing(part, request);
      return encode(value);
    };
  });
  const [only] = fills;
  if (only === undefined) return () => '';
  if (fills.length === 1) return only;
  return (facts) => {
    let filled = '';
    for (const fill of fills) filled += fill(facts);
    return filled;
  };
}

/** Fills in a text for each line of the basket that the call is about. */
const eachFiller =
  (fill: Fill): Fill =>
  (facts) =>
    (facts.lines || [])
      .map(({ sku, quantity }) => fill({ ...facts, sku, call: { ...facts.call, quantity } }))
      .join(',');

const fieldValue = ({ of, field }: Placeholder, facts: RequestFacts): unknown =>
  (facts[of] as Record<string, unknown>)[field];

function missing({ of, field }: Placeholder, { method, name }: Request): Error {
  const owner = { buyer: 'the buyer has', sku: 'the SKU has', call: 'no answer before it gave' }[
    of
  ];
  return new Error(
    `${method} ${name} cannot be sent: ${owner} ${of === 'call' ? 'the' : 'no'} ${field}`,
  );
}

/** The function that gives a value the form of its place. */
export function encoderOf(
  as: Encoding,
  toBase64: (text: string) => string = String,
): (value: unknown) => string {
  switch (as) {
    case 'plain':
      return String;
    case 'url':
      return (value) => encodeURIComponent(String(value));
    case 'base64':
      return (value) => toBase64(String(value));
    case 'json':
      return (value) => JSON.stringify(value);
    case 'json-number':
      return (value) => JSON.stringify(Number(value));
    case 'json-text':
      return (value) => JSON.stringify(String(value));
    case 'json-part':
      return (value) => JSON.stringify(String(value)).slice(1, -1);
  }
}
