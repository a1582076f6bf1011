import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { assetPath } from '../../kernel/assets.ts';
import { systemClock } from '../../kernel/clock.ts';
import { startLoad } from '../../load/engine/start-load.ts';
import { writeFiles } from '../../load/testing/files.ts';
import { createMemoryHistory } from '../../load/testing/memory-history.ts';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import { describeShop } from '../../target/file/describe-shop.ts';
import { TargetFile, type TargetFileInput } from '../../target/file/schema.ts';
import { openTarget } from '../../target/registry.ts';
import { loadScript } from '../script/load-script.ts';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const STOCK = 5;
const BUYERS = 60;

/** Runs a scenario against a shop that nobody has written a script for. */
async function runOn(
  file: Omit<TargetFileInput, 'url'>,
  shop: (path: string, body: string, cookie: string | undefined) => Reply,
  scenario = 'rush.ts',
) {
  server = await serve(listen(shop));
  const sale = {
    skus: [{ skuId: '7', total: STOCK }],
    seed: 7,
    buyers: Array.from({ length: BUYERS }, (_, n) => ({ userId: `u${n}@shop.test`, sid: `s${n}` })),
    shop: describeShop(
      TargetFile.parse({ url: server.origin, buyers: { file: 'buyers.csv' }, ...file }),
      {},
    ),
  };
  const folder = writeFiles({ 'sale.json': JSON.stringify(sale) });
  const saleFile = folder.path('sale.json');
  const env = {
    ...{ FLASHSALE_STOCK: String(STOCK), FLASHSALE_BUYERS: String(BUYERS) },
    ...{ FLASHSALE_TARGETS: server.origin, FLASHSALE_SALE: saleFile },
  };
  const script = await loadScript(assetPath('scenarios', scenario), { env });
  const history = createMemoryHistory();
  const log: string[] = [];
  const target = await openTarget({ saleFile });
  const result = await startLoad({
    ...{ script, env, target, history, clock: systemClock },
    log: (line) => log.push(line),
  }).result;
  folder.remove();
  expect(result.exceptions).toEqual({ count: 0, first: [] });
  return { result, log, operations: history.operations };
}

interface Reply {
  status?: number;
  body: string;
  headers?: Record<string, string>;
}

const listen =
  (shop: (path: string, body: string, cookie: string | undefined) => Reply): RequestListener =>
  (request, response) => {
    let sent = '';
    request.on('data', (chunk) => {
      sent += chunk;
    });
    request.on('end', () => {
      const { status = 200, body, headers } = shop(request.url ?? '', sent, request.headers.cookie);
      response.writeHead(status, headers).end(body);
    });
  };

describe('a bundled scenario runs on a described shop', () => {
  it('that sells in one call, takes a form, knows buyers by a cookie and answers in text', async () => {
    let left = STOCK;
    const cookies: (string | undefined)[] = [];
    const { result, operations } = await runOn(
      {
        operations: {
          buy: {
            request: 'POST /order',
            headers: { cookie: 'sid={sid}' },
            form: { product: '{sku}' },
            answer: { order: '/Order #(\\d+)/' },
          },
        },
        answers: [{ sold_out: { status: 500, body: '/gone/' } }, { ok: { status: 302 } }],
      },
      (_, body, cookie) => {
        cookies.push(cookie);
        expect(body).toBe('product=7');
        if (left === 0) return { status: 500, body: 'all gone' };
        left -= 1;
        const headers = { location: '/thanks', 'set-cookie': `seen=${cookie}` };
        return { status: 302, headers, body: `<b>Order #${STOCK - left}</b>` };
      },
    );
    expect(result.outcomes).toMatchObject({ sent: BUYERS, ok: STOCK, soldOut: BUYERS - STOCK });
    // Redirects are not followed, and no buyer has the cookie of another one.
    expect(cookies.filter((cookie) => !/^sid=s\d+$/.test(cookie ?? ''))).toEqual([]);
    expect(new Set(cookies).size).toBe(BUYERS);
    const bought = operations.filter(({ completion }) => completion?.outcome === 'ok');
    expect(bought.map(({ completion }) => completion?.order).toSorted()).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
    ]);
    expect(bought[0]).toMatchObject({ kind: 'buy', sku: '7', quantity: 1 });
    expect(new Set(operations.map(({ buyer }) => buyer)).size).toBe(BUYERS);
    expect(result.metrics.http_req_failed?.values.rate).toBe(0);
    expect(result.checks.every(({ fails }) => fails === 0)).toBe(true);
  });

  it('that decides later, and is asked until it has', async () => {
    const asked = new Map<string, number>();
    let left = STOCK;
    const { operations, result } = await runOn(
      {
        operations: {
          attempt: {
            request: 'POST /queue?sku={sku}',
            json: { email: '{buyer}' },
            answer: { order: 'ticket' },
            later: {
              request: 'GET /tickets/{order}',
              every: '5ms',
              yes: { 'body.state': 'won' },
              no: { 'body.state': 'lost' },
            },
          },
        },
      },
      (path, body) => {
        if (path === '/queue?sku=7') {
          return { status: 202, body: JSON.stringify({ ticket: `t-${JSON.parse(body).email}` }) };
        }
        const asks = (asked.get(path) ?? 0) + 1;
        asked.set(path, asks);
        if (asks < 2) return { status: 404, body: '' };
        const won = left > 0;
        if (won) left -= 1;
        return { body: JSON.stringify({ state: won ? 'won' : 'lost' }) };
      },
    );
    const polls = operations.filter(({ kind }) => kind === 'read');
    const decisions = polls.map(({ completion }) => completion?.observed?.decision);
    const said = (decision: string) => decisions.filter((each) => each === decision).length;
    expect([said('SUCCESS'), said('FAILED'), said('PENDING')]).toEqual([
      STOCK,
      BUYERS - STOCK,
      BUYERS,
    ]);
    expect(new Set(polls.map(({ sku }) => sku))).toEqual(new Set(['7']));
    expect(result.iterations).toBe(BUYERS);
  });

  it('and shows one answer that no rule names', async () => {
    const { result, log } = await runOn(
      {
        operations: { buy: { request: 'POST /buy', json: { by: '{buyer}' } } },
        answers: [{ ok: { status: 200 } }],
      },
      () => ({ status: 418, body: 'I am a teapot' }),
    );
    expect(result.outcomes).toMatchObject({ unclassified: BUYERS, ok: 0, error: 0 });
    expect(log).toEqual([
      'POST /buy was answered in a way that no rule of the target file names: 418 I am a teapot',
    ]);
  });
});
