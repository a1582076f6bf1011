import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import { refusedOrigin, serve, type TestServer } from '../../load/testing/servers.ts';
import type { TargetFileInput } from '../../target/file/schema.ts';
import type { RunOptions } from '../context.ts';
import { Abandoned, type Run, startRun } from '../run.ts';
import type { SaleReport } from '../run-report.ts';
import { meansOf } from './testing/means.ts';

let folder: string;
const servers: TestServer[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of servers.splice(0)) await server.close();
  await rm(folder, { recursive: true });
});

async function open(...listener: Parameters<typeof serve>): Promise<string> {
  const server = await serve(...listener);
  servers.push(server);
  return server.origin;
}

/** A shop that keeps its stock in a depot, looks there how many units are left, and then takes one. */
interface CornerShop {
  url: string;
  /** `HOST:PORT` of the depot. */
  depot: string;
  products: Map<string, number>;
  removed: string[];
}

async function openShop(
  products: Record<string, number> = {},
  { depotAt, onProduct }: { depotAt?: string; onProduct?: () => void } = {},
): Promise<CornerShop> {
  const stock = new Map(Object.entries(products));
  const removed: string[] = [];
  const orders: { product: string; buyer: string }[] = [];
  const depot = await open(({ url = '' }, response) => {
    response.end(String(stock.get(url.slice(1)) ?? 0));
  });
  const url = await open(async (request, response) => {
    const body = JSON.parse((await text(request)) || '{}');
    const [, thing, id = ''] = request.url?.split('/') ?? [];
    const answer = (status: number, content: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(content));
    };
    if (thing === 'products' && request.method === 'GET') {
      return answer(200, { left: stock.get(id), rows: [{ available: stock.get(id) }] });
    }
    if (thing === 'products' && request.method === 'DELETE') {
      removed.push(id);
      return answer(204, undefined);
    }
    if (thing === 'products') {
      // It has room for one product.
      if (stock.size > 0) return answer(507, {});
      stock.set(body.name, body.units);
      onProduct?.();
      return answer(201, {});
    }
    if (request.method === 'GET')
      return answer(
        200,
        orders.filter(({ product }) => product === id),
      );
    const left = await fetch(`${depotAt ?? depot}/${body.product}`);
    if (Number(await left.text()) < 1) return answer(409, { message: 'sold out' });
    stock.set(body.product, (stock.get(body.product) ?? 0) - 1);
    orders.push(body);
    answer(201, {});
  });
  return { url, depot: new URL(depot).host, products: stock, removed };
}

const fileOf = ({ url }: CornerShop): TargetFileInput => ({
  url,
  operations: {
    buy: { request: 'POST /orders', json: { product: '{sku}', buyer: '{buyer}' } },
    read: { request: 'GET /products/{sku}', answer: { available: 'left' } },
  },
  answers: [{ sold_out: { status: 409 } }, { ok: { status: '2xx' } }],
  buyers: { fields: { id: 'b{n}@shop.test' } },
  sale: {
    create: [{ request: 'POST /products', json: { name: '{sku}', units: '{stock:number}' } }],
    remove: [{ request: 'DELETE /products/{sku}' }],
    nobodyElseBuys: true,
  },
  evidence: {
    orders: { request: 'GET /orders/{sku}' },
    stock: { request: 'GET /products/{sku}', rows: 'rows' },
  },
  rest: { wait: '1ms' },
});

/** Six buyers who come at the same time, once each. */
const script = (sale: string): string => `
import exec from 'k6/execution';
import { SharedArray } from 'k6/data';
import http from 'k6/http';
export const sale = ${sale};
export const options = { scenarios: { crowd: { executor: 'per-vu-iterations', vus: 6 } } };
const read = () => JSON.parse(open(__ENV.FLASHSALE_SALE));
const skus = new SharedArray('skus', () => read().skus);
const buyers = new SharedArray('buyers', () => read().buyers);
http.setResponseCallback(http.expectedStatuses(201, 409));
export default () => {
  const order = { product: skus[0].skuId, buyer: buyers[exec.vu.idInTest - 1].userId };
  http.post(__ENV.FLASHSALE_TARGETS + '/orders', JSON.stringify(order), {
    headers: { 'content-type': 'application/json' },
  });
};`;

/** Sells in a described shop, and reports with the lines of the log. */
async function sell(
  file: TargetFileInput,
  {
    sale = '{ stock: 2, buyers: 6 }',
    onLine = () => {},
    onRun = () => {},
    ...more
  }: {
    sale?: string;
    onLine?: (line: string, run: Run) => void;
    onRun?: (run: Run) => void;
  } & Partial<RunOptions> = {},
): Promise<{ report: SaleReport; lines: string[] }> {
  const scenario = join(folder, 'crowd.js');
  await writeFile(scenario, script(sale));
  const lines: string[] = [];
  const run: Run = startRun(
    {
      scenario,
      shop: { file: more.shop?.file ?? meansOf(file).file, isOwned: false },
      ...{ seed: 7, strategy: 'batched', unsafe: false, instances: 1, redis: false, kafka: false },
      ...{ holdTtlMs: 1_000, keep: false, version: '1', command: 'flashsale-cli run crowd.js' },
      ...more,
    },
    {
      clock: systemClock,
      onEvent(event) {
        if (event.type !== 'log') return;
        lines.push(event.line);
        onLine(event.line, run);
      },
    },
  );
  onRun(run);
  return { report: (await run.report) as SaleReport, lines };
}

const broken = ({ verdict }: SaleReport): string[] =>
  verdict.checks.filter(({ status }) => status === 'invalid').map(({ name }) => name);

it('removes what it has put on sale when the verdict is reached', async () => {
  const shop = await openShop();
  const { report } = await sell(fileOf(shop));
  expect(shop.removed).toEqual(report.sale.skus.map(({ skuId }) => skuId));
});

it('removes what it has put on sale when something fails after that', async () => {
  const shop = await openShop();
  const sold = sell(fileOf(shop), { sale: '{ skus: [{ stock: 2 }, { stock: 1 }], buyers: 6 }' });
  await expect(sold).rejects.toMatchObject({
    message: 'sale.create.0 of the target file: POST /products answered 507',
  });
  expect(shop.removed).toEqual([...shop.products.keys()]);
});

it('shows no secret in the path of its URL', async () => {
  const shop = await openShop();
  const { file } = meansOf(fileOf(shop));
  const shownUrl = [`${shop.url}/{env.KEY}`];
  const { report } = await sell(fileOf(shop), {
    shop: { file: { ...file, shownUrl }, isOwned: false },
  });
  expect(report.sale.target).toEqual(shownUrl);
  expect(report.target).toEqual(shownUrl);
});

it('finds a mistake about the books before it makes buyers, and names what is left', async () => {
  const shop = await openShop();
  const { sale = {}, ...file } = fileOf(shop);
  const sold = sell({
    ...file,
    sale: { ...sale, remove: [] },
    evidence: { orders: { command: 'echo id; : {sku}', columns: { buyer: 'who' } } },
    buyers: { steps: [{ request: 'GET /nowhere', accept: [] }, { command: 'exit 3' }] },
  });
  await expect(sold).rejects.toMatchObject({
    message: 'the target file corner promises rows that cannot be read',
    why: expect.stringMatching(
      /no column who for buyer.*; SKU crowd-\d+, which sale.create has made, is left in the shop$/,
    ),
  });
});

it('makes many buyers side by side without a warning of Node', async () => {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', onWarning);
  const shop = await openShop();
  const steps = [{ command: ': {id}' }];
  await sell(
    { ...fileOf(shop), buyers: { steps, atOnce: 16 } },
    { sale: '{ stock: 2, buyers: 16 }' },
  );
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

it('leaves on sale what it has put there when it is asked to', async () => {
  // The files of the run are left as well. Root takes only a folder that every user may pass through.
  await chmod(folder, 0o711);
  vi.stubEnv('TMPDIR', folder);
  const shop = await openShop();
  await sell(fileOf(shop), { keep: true });
  expect([shop.removed, shop.products.size]).toEqual([[], 1]);
});

it('removes what a step puts on sale when it was given up in the middle of it', async () => {
  let abort = (): void => {};
  const shop = await openShop({}, { onProduct: () => abort() });
  const sold = sell(fileOf(shop), {
    onRun(run) {
      abort = run.abort;
    },
  });
  await expect(sold).rejects.toBeInstanceOf(Abandoned);
  expect(shop.products.size).toBe(1);
  expect(shop.removed).toEqual([...shop.products.keys()]);
});

it('says what it could not remove', async () => {
  const shop = await openShop();
  const file = fileOf(shop);
  const remove = [{ request: 'POST /products', json: {} }];
  const { report, lines } = await sell({ ...file, sale: { ...file.sale, remove } });
  expect(lines).toContainEqual(
    expect.stringMatching(
      `^SKU ${report.sale.skus[0]?.skuId} was not removed: .*POST /products answered 507`,
    ),
  );
});

it.each(['read', 'evidence'] as const)(
  'sells what is there, whose stock it knows by %s',
  async (stock) => {
    const shop = await openShop({ lamp: 3 });
    const sale = { skus: [{ id: 'lamp', stock }], nobodyElseBuys: true, soldUntilSwept: true };
    const { report } = await sell({ ...fileOf(shop), sale });
    expect(report.sale).toMatchObject({
      ...{ skus: [{ skuId: 'lamp', total: 3 }], soldUntilSwept: true, sweepGraceMs: 5_000 },
    });
    expect(report.load.outcomes.ok).toBeGreaterThanOrEqual(3);
  },
);

it('convicts a shop whose race a proxy of the file widens, and says how wide it was', async () => {
  const listen = new URL(await refusedOrigin()).host;
  const shop = await openShop({}, { depotAt: `http://${listen}` });
  const proxies = { depot: { listen, to: shop.depot, widen: '100ms' } };
  const { report, lines } = await sell({ ...fileOf(shop), proxies });
  expect(broken(report)).toContain('never-oversold');
  expect(lines).toContainEqual(
    expect.stringMatching(/^proxy depot: \d+ connections; 6 answers held back by 100 ms \(median /),
  );
});

it('waits for a shop that starts once the proxy of its database listens', async () => {
  const listen = new URL(await refusedOrigin()).host;
  const shop = await openShop({}, { depotAt: `http://${listen}` });
  let isConnected = false;
  const url = await open(async (request, response) => {
    // It connects to its database when it starts, and fails until it has a connection.
    isConnected ||= await fetch(`http://${listen}/lamp`).then(
      () => true,
      () => false,
    );
    if (!isConnected) return response.writeHead(503).end();
    const answer = await fetch(`${shop.url}${request.url}`, {
      method: request.method,
      headers: { 'content-type': 'application/json' },
      body: request.method === 'POST' ? await text(request) : undefined,
    });
    response.writeHead(answer.status).end(await answer.text());
  });
  const proxies = { depot: { listen, to: shop.depot, widen: '1ms' } };
  const file = { ...fileOf(shop), url, health: '/orders/x', proxies };
  expect((await sell(file)).report.load.outcomes.ok).toBeGreaterThan(0);
});

it('fires nothing more when it is stopped between two rounds', async () => {
  const shop = await openShop({ lamp: 9 });
  const sale = { skus: [{ id: 'lamp', stock: 'read' as const }] };
  const { report } = await sell(
    { ...fileOf(shop), sale },
    {
      rounds: 2,
      onLine(line, run) {
        if (line.startsWith('round 2')) run.stop();
      },
    },
  );
  expect(report.rounds).toHaveLength(2);
  expect(shop.products.get('lamp')).toBe(3);
});
