import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { assetPath } from '../../kernel/assets.ts';
import { systemClock } from '../../kernel/clock.ts';
import { startLoad } from '../../load/engine/start-load.ts';
import { writeFiles } from '../../load/testing/files.ts';
import { createMemoryHistory } from '../../load/testing/memory-history.ts';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import { referenceShop, referenceTarget } from '../../target/reference.ts';
import { loadScript } from '../script/load-script.ts';

const SCENARIOS = readdirSync(assetPath('scenarios')).filter((name) => name.endsWith('.ts'));

/** A shop in memory that sells `stock` units of one SKU correctly, with the endpoints that the scenarios use. */
function createShop(stock: number): (request: IncomingMessage, response: ServerResponse) => void {
  /** The units of each hold. */
  const holds = new Map<string, number>();
  let [available, sold] = [stock, 0];
  const answer = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const route = (request: IncomingMessage, response: ServerResponse, body: string): void => {
    const { method, url = '' } = request;
    if (method === 'GET') {
      answer(response, 200, { skuId: 'LAMP', available, reserved: holds.size, sold });
    } else if (url === '/api/v1/reservations') {
      const reservationId = randomUUID();
      const { quantity } = JSON.parse(body);
      if (available >= quantity) {
        available -= quantity;
        holds.set(reservationId, quantity);
        answer(response, 201, { reservationId, skuId: 'LAMP' });
      } else {
        answer(response, 400, { code: 'OUT_OF_STOCK' });
      }
    } else if (url === '/api/v1/orders/checkout') {
      const { reservationId } = JSON.parse(body);
      const units = holds.get(reservationId);
      if (units !== undefined) {
        holds.delete(reservationId);
        sold += units;
        answer(response, 201, { reservationId, skuId: 'LAMP' });
      } else {
        answer(response, 409, { code: 'RESERVATION_NOT_ACTIVE' });
      }
    } else {
      const reservationId = url.split('/').at(-1) as string;
      available += holds.get(reservationId) ?? 0;
      holds.delete(reservationId);
      answer(response, 200, { skuId: 'LAMP' });
    }
  };
  return (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => route(request, response, body));
  };
}

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('the scenarios of the package', () => {
  it.each(SCENARIOS)('%s exports its sale before anything is seeded', async (name) => {
    const script = await loadScript(assetPath('scenarios', name), {
      env: { FLASHSALE_STOCK: '3', FLASHSALE_BUYERS: '600' },
    });
    expect(script.sale).toMatchObject({ stock: 3, buyers: 600 });
    expect(script.options.scenarios.length).toBeGreaterThan(0);
    // Threads would cost each of them most of its speed.
    expect(script.threaded).toBeUndefined();
  });

  it.each(['smoke.ts', 'last-unit.ts', 'rush.ts'])('%s sells out the shop', async (name) => {
    const buyers = 600;
    const stock = name === 'last-unit.ts' ? 1 : 10;
    server = await serve(createShop(stock));
    const sale = {
      skus: [{ skuId: 'LAMP', total: stock }],
      seed: 7,
      shop: referenceShop,
      buyers: Array.from({ length: buyers }, (_, n) => ({
        userId: `u${n}`,
        token: tokenOf(`u${n}`),
      })),
    };
    const folder = writeFiles({ 'sale.json': JSON.stringify(sale) });
    const env = {
      FLASHSALE_STOCK: String(stock),
      FLASHSALE_BUYERS: String(buyers),
      FLASHSALE_TARGETS: server.origin,
      FLASHSALE_SALE: folder.path('sale.json'),
    };
    const script = await loadScript(assetPath('scenarios', name), { env });
    const history = createMemoryHistory();
    const run = startLoad({ script, env, target: referenceTarget, history, clock: systemClock });
    const result = await run.result;
    folder.remove();

    expect(result.exceptions).toEqual({ count: 0, first: [] });
    expect(result.iterations).toBe(buyers);
    expect(result.thresholds.filter(({ ok }) => !ok)).toEqual([]);
    const { sent, ok, soldOut, refused, error, unknown } = result.outcomes;
    expect(sent).toBe(ok + soldOut + refused + error + unknown);
    expect(history.operations).toHaveLength(sent);
    const confirmed = history.operations.filter(
      ({ kind, completion }) => kind === 'confirm' && completion?.outcome === 'ok',
    );
    const reserving = history.operations.filter(({ kind }) => kind === 'reserve');
    const unitsByHold = new Map(
      reserving.map(({ completion, quantity }) => [completion?.hold, quantity ?? 1]),
    );
    const units = confirmed.map(({ hold }) => unitsByHold.get(hold) ?? 0);
    expect(units.reduce((all, of) => all + of, 0)).toBe(stock);
    expect(new Set(reserving.map(({ buyer }) => buyer)).size).toBe(buyers);
  });
});

const tokenOf = (sub: string): string =>
  `h.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.s`;
