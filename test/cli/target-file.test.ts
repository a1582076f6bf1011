import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { serve, type TestServer } from '../../src/load/testing/servers.ts';
import type { RunDocument } from '../../src/report/run-document.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let workplace: Workplace;
let shop: TestServer;
beforeAll(async () => {
  workplace = await createWorkplace();
});
afterAll(() => workplace.remove());
afterEach(() => shop.close());

const KEY = 'k3y-of-the-shop';

interface Order {
  id: number;
  product: string;
  email: string;
}
let stock: Map<string, number>;
let orders: Order[];

/** A shop with tokens, products and orders. It looks at the stock first and takes the unit a moment later, unless it is `safe`. */
async function openShop({ safe }: { safe: boolean }): Promise<string> {
  stock = new Map();
  orders = [];
  shop = await serve(async (request, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const body = JSON.parse((await text(request)) || '{}');
    const { headers, url = '' } = request;
    if (url === '/login') return answer(200, { token: `token-of-${body.email}` });
    if (url === '/products' && headers['x-key'] === KEY) {
      stock.set(`p-${body.name}`, body.stock);
      return answer(201, { product: { id: `p-${body.name}` } });
    }
    if (request.method === 'DELETE')
      return answer(stock.delete(url.slice('/products/'.length)) ? 200 : 404, {});
    if (url.startsWith('/orders?')) {
      const product = new URL(url, 'http://shop').searchParams.get('product');
      return answer(200, { orders: orders.filter((order) => order.product === product) });
    }
    const email = headers.authorization?.replace('Bearer token-of-', '');
    if (url !== '/orders' || email === undefined) return answer(404, { error: 'no such thing' });
    const left = stock.get(body.product) ?? 0;
    if (!safe) await delay(50);
    if (left < 1) return answer(200, { success: false, message: 'Sold out' });
    stock.set(body.product, safe ? left - 1 : (stock.get(body.product) ?? 0) - 1);
    orders.push({ id: orders.length + 1, product: body.product, email });
    return answer(201, { success: true, order: { id: orders.length } });
  });
  return shop.origin;
}

const targetFile = (url: string): string => `
url: ${url}
operations:
  buy:
    request: POST /orders
    headers: { authorization: "Bearer {token}" }
    json: { product: "{sku}" }
    answer: { order: order.id }
answers:
  - sold_out: { body.message: /sold out/i }
  - ok: { status: 201 }
buyers:
  fields: { id: "b{n}@shop.test" }
  steps:
    - request: POST /login
      json: { email: "{id}" }
      answer: { token: token }
sale:
  create:
    - request: POST /products
      headers: { x-key: "{env.SHOP_KEY}" }
      json: { name: "{sku}", stock: "{stock}" }
      answer: { sku: product.id }
  remove:
    - request: DELETE /products/{sku}
  nobodyElseBuys: true
evidence:
  orders:
    request: GET /orders?product={sku}
    rows: orders
    columns: { buyer: email }
rest: { wait: 100ms }
`;

async function run(content: string, args: string[], env: Record<string, string> = {}) {
  await writeFile(join(workplace.folder, 'shop.yaml'), content);
  const ended = await workplace.run(['run', ...args, '--target', 'shop.yaml', '--json'], {
    SHOP_KEY: KEY,
    ...env,
  });
  return { ...ended, report: () => JSON.parse(ended.stdout) as RunDocument };
}

it('C.11 acquits a described shop that sells each unit once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
  const history = join(folder, 'history.ndjson');
  const url = await openShop({ safe: true });
  const { code, report, stdout, stderr } = await run(targetFile(url), [
    ...['rush', '--stock', '10', '--buyers', '60', '--history', history],
  ]);
  expect(stderr).not.toContain('left behind');
  expect(report().verdict).toMatchObject({ status: 'valid' });
  expect(report().target).toEqual([url]);
  expect(code).toBe(0);
  // The same verdict from the history alone, and no secret in any of both.
  const again = await workplace.run(['verify', history]);
  expect(again.stdout).toContain('VALID');
  expect(stdout + again.stdout).not.toContain(KEY);
  await rm(folder, { recursive: true });
}, 60_000);

it('C.11 convicts a described shop that checks and then acts', async () => {
  const url = await openShop({ safe: false });
  const { code, report } = await run(targetFile(url), ['rush', '--stock', '5', '--buyers', '80']);
  const broken = report().verdict?.checks.filter(({ status }) => status === 'invalid');
  expect(broken?.map(({ name }) => name)).toContain('never-oversold');
  expect(code).toBe(10);
}, 60_000);

it('C.11 judges what two processes fired at a described shop by the books that verify reads', async () => {
  const url = await openShop({ safe: true });
  await writeFile(join(workplace.folder, 'shop.yaml'), targetFile(url));
  const cli = (line: string, env: Record<string, string> = {}) =>
    workplace.run([...line.split(' '), '--quiet'], env);
  const prepare = 'prepare rush sale.json --target shop.yaml';
  const prepared = await cli(`${prepare} --stock 10 --buyers 60`, { SHOP_KEY: KEY });
  expect({ code: prepared.code, stderr: prepared.stderr }).toMatchObject({ code: 0 });
  const [product] = stock.keys();

  // The machines that fire have neither the target file nor its variables.
  const part = (number: number) =>
    cli(`run rush --sale sale.json --part ${number}/2 --history part-${number}.ndjson`);
  const [first, second] = await Promise.all([part(1), part(2)]);
  expect([first?.code, second?.code, first?.stdout]).toEqual([
    ...[0, 0, expect.stringContaining('No verdict yet')],
  ]);
  expect(new Set(orders.map(({ email }) => email)).size).toBe(10);

  const verify = 'verify part-1.ndjson part-2.ndjson --target shop.yaml';
  const unnamed = await cli(verify);
  expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringContaining('add --sale')]);
  const right = await cli(`${verify} --sale sale.json`);
  expect([right.stdout, right.code]).toEqual([expect.not.stringContaining('✗'), right.code]);
  expect([0, 12]).toContain(right.code);
  // A row that nobody was told of, beyond the units on sale.
  orders.push({ id: 99, product: product as string, email: orders[0]?.email as string });
  const wrong = await cli(`${verify} --sale sale.json`);
  expect([wrong.code, wrong.stdout]).toEqual([10, expect.stringContaining('never-oversold')]);

  const removed = await cli(`${prepare} --remove`);
  expect([removed.code, removed.stdout, stock.size]).toEqual([0, 'took 1 SKU off sale\n', 0]);
}, 240_000);

it('sells several times, each time something else to the same buyers', async () => {
  const url = await openShop({ safe: false });
  const history = join(workplace.folder, 'round.ndjson');
  const { code, report } = await run(targetFile(url), [
    ...['rush', '--stock', '5', '--buyers', '80', '--rounds', '2', '--history', history],
  ]);
  const { rounds, verdict } = report();
  expect(code).toBe(10);
  expect(verdict?.sentence).toMatch(/^Invalid in 2 of 2 rounds\. /);
  expect(rounds).toMatchObject([
    { round: 1, start: 'cold', historyFile: join(workplace.folder, 'round.1.ndjson') },
    { round: 2, start: 'warm', historyFile: join(workplace.folder, 'round.2.ndjson') },
  ]);
  expect(rounds[0]?.skus).not.toEqual(rounds[1]?.skus);
}, 60_000);

it('convicts with VUs in several threads, which open the target by themselves', async () => {
  const url = await openShop({ safe: false });
  const { code, report } = await run(targetFile(url), [
    ...['rush', '--stock', '5', '--buyers', '80', '--workers', '2'],
  ]);
  const { verdict, summary } = report();
  const broken = verdict?.checks.filter(({ status }) => status === 'invalid');
  expect(broken?.map(({ name }) => name)).toContain('never-oversold');
  expect(summary.iterations.completed).toBeGreaterThanOrEqual(80);
  expect(code).toBe(10);
}, 60_000);

it('says in one line which operation a scenario needs, before anything is touched', async () => {
  const url = await openShop({ safe: true });
  await shop.close();
  const { code, stderr } = await run(targetFile(url), ['vouchers']);
  expect(code).toBe(2);
  expect(stderr).toContain('operations.register');
  const racing = await run(targetFile(url), ['cancel-race']);
  expect(racing.stderr).toContain('lacks operations.release or operations.cancel');
  shop = await serve(() => {});
}, 60_000);

it('names the step whose answer is wrong', async () => {
  const url = await openShop({ safe: true });
  const { code, stderr } = await run(targetFile(url), ['rush', '--buyers', '3'], {
    SHOP_KEY: 'wrong-k3y',
  });
  expect(code).toBe(3);
  expect(stderr).toContain('sale.create.0 of the target file: POST /products answered 404');
  expect(stderr).not.toContain('wrong-k3y');
}, 60_000);
