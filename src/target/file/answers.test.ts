import { describe, expect, it } from 'vitest';
import {
  type AnswerView,
  createClassifier,
  createPollReader,
  createReader,
  createTest,
} from '../../../scenarios/lib/answers.ts';
import type { AnswerRule } from '../../../scenarios/lib/description.ts';

interface Given {
  status?: number;
  headers?: Record<string, string>;
  cookies?: Record<string, string>;
  body?: unknown;
}

const answer = ({ status = 200, headers = {}, cookies = {}, body = '' }: Given): AnswerView => ({
  status,
  header: (name) => headers[name],
  cookie: (name) => cookies[name],
  text: () => (typeof body === 'string' ? body : JSON.stringify(body)),
  json: () => (typeof body === 'string' ? undefined : body),
});

describe('a condition on an answer', () => {
  it.each<[Record<string, never> | object, Given, boolean]>([
    [{ status: 201 }, { status: 201 }, true],
    [{ status: '2xx' }, { status: 204 }, true],
    [{ status: '2xx' }, { status: 302 }, false],
    [{ status: [404, '5xx'] }, { status: 503 }, true],
    [{ 'header Location': '/^.orders/' }, { headers: { location: '/orders/1' } }, true],
    [{ 'header retry-after': 'present' }, {}, false],
    [{ body: '/sold ?out/i' }, { body: '<p>Sold out</p>' }, true],
    [{ 'body.success': false }, { body: { success: false } }, true],
    [{ 'body.success': false }, { body: { success: 'no' } }, false],
    [{ 'body.error.code': ['A', 'B'] }, { body: { error: { code: 'B' } } }, true],
    [{ 'body.errors.0.code': 17 }, { body: { errors: [{ code: '17' }] } }, true],
    [{ 'body.errors': '/SOLD/' }, { body: { errors: [{ code: 'SOLD' }] } }, true],
    [{ 'body.errors': 'absent' }, { body: { errors: null } }, true],
    [{ 'body.errors': 'present' }, { body: { errors: null } }, false],
    [{ 'body.data': null }, { body: { data: null } }, true],
    [{ 'body.data': null }, { body: {} }, false],
    [{ 'body.code': '/x/' }, { body: 'no JSON x' }, false],
    [{ status: 200, 'body.ok': true }, { body: { ok: false } }, false],
    [{}, { status: 500 }, true],
  ])('%j on %j: %s', (conditions, given, holds) => {
    expect(createTest(conditions as never)(answer(given))).toBe(holds);
  });
});

it('means by the first rule that applies', () => {
  const ruleOf = createClassifier([
    { is: 'sold_out', when: { status: 409, 'body.code': 'SOLD' } },
    { is: 'refused', when: { status: '4xx' } },
    { is: 'ok', when: { status: '2xx' } },
  ]);
  const meaning = (given: Given) => ruleOf(answer(given))?.is;
  expect(meaning({ status: 409, body: { code: 'SOLD' } })).toBe('sold_out');
  expect(meaning({ status: 409, body: { code: 'TWICE' } })).toBe('refused');
  expect(meaning({ status: 201 })).toBe('ok');
  expect(meaning({ status: 500 })).toBeUndefined();
});

describe('a place in an answer', () => {
  it.each<[string, Given, unknown]>([
    ['data.items.0.id', { body: { data: { items: [{ id: 7 }] } } }, 7],
    ['data.id', { body: { data: null } }, undefined],
    ['header Location', { headers: { location: '/orders/1' } }, '/orders/1'],
    ['header location /(\\d+)$/', { headers: { location: '/orders/17' } }, '17'],
    ['cookie cart', { cookies: { cart: 'c1' } }, 'c1'],
    ['/Order #(\\d+)/', { body: '<b>Order #5</b>' }, '5'],
    ['/ord-\\d+/', { body: 'your ord-9' }, 'ord-9'],
    ['/nothing/', { body: 'x' }, undefined],
    [
      'items.*.code',
      { body: { items: [{ code: 'A' }, {}, { code: 'B' }] } },
      ['A', undefined, 'B'],
    ],
    ['items.*.code', { body: { items: { '*': { code: 'A' } } } }, 'A'],
  ])('%s of %j is %j', (place, given, value) => {
    expect(createReader(place)(answer(given))).toEqual(value);
  });
});

describe('an answer about an attempt', () => {
  const decisions: AnswerRule[] = [
    { is: 'ok', when: { 'body.state': 'done' } },
    { is: 'sold_out', when: { 'body.why': 'none left' }, code: 'sold-out' },
    { is: 'refused', when: { 'body.state': 'gone' } },
  ];
  const answers = [
    { is: 'limited' as const, when: { status: 429 } },
    { is: 'sold_out' as const, when: { status: 404 } },
  ];

  it('is yes, no, or not decided yet; a failure of the shop is none of them', () => {
    const read = createPollReader({ decisions, answers });
    const said = (given: Given) => read(answer(given));
    expect(said({ body: { state: 'done' } })).toEqual({ is: 'ok', decision: 'SUCCESS' });
    const declined = { is: 'ok', decision: 'FAILED' };
    expect(said({ body: { state: 'gone' } })).toEqual({ ...declined, declined: 'refused' });
    expect(said({ body: { state: 'gone', why: 'none left' } })).toEqual({
      ...{ ...declined, declined: 'sold_out', code: 'sold-out' },
    });
    // The same answer means "sold out" elsewhere.
    expect(said({ status: 404 })).toEqual({ is: 'ok', decision: 'PENDING' });
    expect(said({ status: 429 }).is).toBe('limited');
    expect(said({ status: 500 })).toEqual({ is: 'unclassified' });
  });

  it('is undecided only by its own conditions where the file has them', () => {
    const pending = { is: 'accepted' as const, when: { 'body.state': 'queued' } };
    const read = createPollReader({ decisions: [...decisions, pending], answers });
    expect(read(answer({ body: { state: 'queued' } })).decision).toBe('PENDING');
    expect(read(answer({ status: 404 }))).toMatchObject({ is: 'sold_out' });
  });
});
