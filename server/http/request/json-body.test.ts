import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readJson, validate } from './json-body.ts';

/** Passes a body in these parts through the reader. Resolves to the request and the error of `next`. */
async function read(parts: string[], headers: Record<string, string>, limitBytes = 20) {
  let take: Parameters<Request['takeBody']>[0] = () => {};
  const body = {
    takeBody(taker: typeof take) {
      take = taker;
    },
    dropBody() {},
    on() {},
  };
  const req = { headers, ...body } as unknown as Request;
  const error = new Promise<unknown>((resolve) => {
    readJson(limitBytes)(req, {} as Response, resolve);
  });
  for (const part of parts) take(Buffer.from(part));
  take(null);
  return { req, error: await error };
}

const json = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };

describe('a JSON body', () => {
  it('is parsed, and its text is kept, also when it comes in parts', async () => {
    const { req, error } = await read(['{"skuId": ', '"SKU-1"}'], json);
    expect(error).toBeUndefined();
    expect([req.body, req.bodyText]).toEqual([{ skuId: 'SKU-1' }, '{"skuId": "SKU-1"}']);
  });

  it.each([
    ['without a length', ['{}'], { 'content-type': 'application/json' }, 'MALFORMED_BODY'],
    ['of length 0', [], { ...json, 'content-length': '0' }, 'MALFORMED_BODY'],
    ['that is no JSON', ['{"a"'], json, 'MALFORMED_BODY'],
    [
      'of another type',
      ['{}'],
      { ...json, 'content-type': 'text/plain' },
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['that is compressed', ['{}'], { ...json, 'content-encoding': 'br' }, 'UNSUPPORTED_MEDIA_TYPE'],
    ['with a length above the limit', [], { ...json, 'content-length': '21' }, 'BODY_TOO_LARGE'],
    ['that grows above the limit', ['"1234567890', '1234567890"'], json, 'BODY_TOO_LARGE'],
  ])('%s is refused', async (_, parts, headers, code) => {
    const { error } = await read(parts, headers);
    expect(error).toMatchObject({ code });
  });
});

it('a value of another form is refused with one entry per wrong field', () => {
  const schema = z.strictObject({ order: z.object({ quantity: z.number() }), skuId: z.string() });
  const value = { order: { quantity: 2 }, skuId: 'SKU-1' };
  expect(validate(schema, value)).toEqual(value);
  expect(() => validate(schema, { order: { quantity: '2' } })).toThrow(
    expect.objectContaining({
      code: 'VALIDATION_FAILED',
      extras: {
        errors: [
          { path: 'order.quantity', message: expect.any(String) },
          { path: 'skuId', message: expect.any(String) },
        ],
      },
    }),
  );
});
