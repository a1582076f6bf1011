import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isTargetFile } from './is-target-file.ts';
import { readTargetFile } from './read-target-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(content: string, name = 'corner.target.yaml', env = {}) {
  const path = join(folder, name);
  await writeFile(path, content);
  return readTargetFile(path, env);
}

const SHOP = `
url: http://127.0.0.1:4000/
operations:
  buy:
    request: POST /orders
    json: { product: "{sku}", quantity: "{quantity}", user: "{buyer}" }
    answer: { order: order.id }
`;

describe('a target file', () => {
  it('needs a URL and an operation, and has defaults for the rest', async () => {
    expect(await read(SHOP)).toMatchObject({
      name: 'corner',
      url: ['http://127.0.0.1:4000'],
      operations: { buy: { request: 'POST /orders', answer: { order: 'order.id' }, answers: [] } },
      answers: [{ is: 'limited' }, { is: 'accepted' }, { is: 'ok', when: { status: '2xx' } }],
      buyers: { fields: { id: 'buyer-{n}' }, steps: [], atOnce: 16 },
      evidence: { timeout: 30_000 },
      rest: { wait: 1_000 },
      invariants: [],
      proxies: {},
    });
  });

  it('may have variables of the environment in its URL', async () => {
    const content = SHOP.replace('http://127.0.0.1:4000/', '"{env.SHOP_URL}/v1"');
    expect(await read(content, 'shop.yaml', { SHOP_URL: 'http://shop/k3y' })).toMatchObject({
      url: ['http://shop/k3y/v1'],
      shownUrl: ['http://shop/{env.SHOP_URL}/v1'],
    });
    await expect(read(content.replace('env.SHOP_URL', 'sku'))).rejects.toMatchObject({
      why: expect.stringContaining('its placeholders may only be {env.NAME}'),
    });
  });

  it('has rules for answers, each with one meaning', async () => {
    const rules = `
answers:
  - sold_out: { status: [404, 409], body.code: /sold/i }
  - refused: { status: 4xx }
    reason: has-bought
`;
    expect((await read(SHOP + rules)).answers).toEqual([
      { is: 'sold_out', when: { status: [404, 409], 'body.code': '/sold/i' }, reason: undefined },
      { is: 'refused', when: { status: '4xx' }, reason: 'has-bought' },
    ]);
  });

  it.each(['yes', '20', '2x', '4xx5', '[200, ok]'])(
    'refuses the status %s in a rule',
    async (status) => {
      await expect(read(`${SHOP}answers: [{ ok: { status: ${status} } }]`)).rejects.toThrow(
        expect.objectContaining({ why: expect.stringContaining('status is a number such as 201') }),
      );
    },
  );

  it('may be typed by the package, wherever that is installed, and use modules that require others', async () => {
    await writeFile(join(folder, 'old.cjs'), `exports.port = require('node:os') ? 4000 : 0;`);
    const module = `
      import { defineTarget } from 'flashsale-cli';
      import { port } from './old.cjs';
      export default defineTarget({
        url: \`http://127.0.0.1:\${port}\`, operations: { buy: { request: 'POST /buy' } },
      });`;
    expect((await read(module, 'typed.target.ts')).url).toEqual(['http://127.0.0.1:4000']);
  });

  it('may be a TypeScript module with hooks', async () => {
    const module = `export default {
      url: 'http://127.0.0.1:4000', operations: { buy: { request: 'POST /buy' } },
      sale: { create: [{ run: async () => ({ sku: 'a' }) }], holdTtl: '2m' },
    };`;
    const { sale } = await read(module, 'shop.ts');
    expect(sale).toMatchObject({ holdTtl: 120_000, create: [{ run: expect.any(Function) }] });
  });

  it.each([
    ['', 'the file: Invalid input: expected object, received null'],
    ['url: http://shop', 'operations: it is missing'],
    ['url: shop', 'url: write a URL such as http://127.0.0.1:3000'],
    [`${SHOP}colour: red`, 'the file: there is no key colour; known there: name, url,'],
    [`${SHOP}anwsers: []`, 'the file: there is no key anwsers; did you mean answers?'],
    [SHOP.replace('POST', 'SEND'), 'operations.buy.request: write METHOD and path'],
    [SHOP.replace('answer:', 'form: {}\n    answer:'), 'operations.buy: a request has one body'],
    [SHOP.replace('buy:', 'steal:'), 'operations: there is no key steal; known there: '],
    [
      `${SHOP}buyers: { steps: [{ requst: GET /, json: {} }] }`,
      'there is no key requst; did you mean request?',
    ],
    [
      `${SHOP}sale: { create: [{ sql: SELECT 1, answer: {} }] }`,
      'sale.create.0: there is no key answer; known there: sql,',
    ],
    [`${SHOP}answers: [{ ok: {}, error: {} }]`, 'answers.0: a rule has one meaning'],
    [`${SHOP}answers: [{ ok: { code: 1 } }]`, 'answers.0.ok.code: a condition is about status'],
    [`${SHOP}sale: { create: [], holdTtl: 2 minutes }`, 'sale.holdTtl: write a time such as 200ms'],
    [
      SHOP.replace('request:', 'requset:'),
      'operations.buy: there is no key requset; did you mean request?',
    ],
    [`${SHOP}rest: { wait: 2 }`, 'rest.wait: write a time such as 200ms'],
    [`${SHOP}sale: {}`, 'sale: a sale has either skus, which are there, or create'],
    [
      `${SHOP}evidence: { orders: { sql: SELECT 1, values: { status: { bezahlt: confirmd } } } }`,
      'evidence.orders.values.status.bezahlt: the judge has no word confirmd; did you mean CONFIRMED?',
    ],
    [
      `${SHOP}evidence: { payments: { sql: SELECT 1, values: { status: { bezahlt: paid } } } }`,
      'the judge has no word paid; its words are PENDING, CHARGED, DECLINED, REFUNDED',
    ],
    [`${SHOP}rest: { sql: 5 }`, 'rest.sql: Invalid input: expected string, received number'],
  ])('is refused with the place of its mistake: %#', async (content, why) => {
    await expect(read(content)).rejects.toMatchObject({
      exitCode: 2,
      why: expect.stringContaining(why),
    });
  });

  it('is refused when it is no YAML, or not there', async () => {
    await expect(read('a: [')).rejects.toMatchObject({ exitCode: 2 });
    await expect(readTargetFile(join(folder, 'none.yaml'))).rejects.toMatchObject({
      message: expect.stringContaining('none.yaml cannot be read'),
    });
  });
});

it.each([
  ['shop.yaml', true],
  ['./shop.target.ts', true],
  ['http://127.0.0.1:3000', false],
  ['https://shop.test/a.yaml', false],
])('tells a file from a URL: %s', (target, isFile) => {
  expect(isTargetFile(target)).toBe(isFile);
});
