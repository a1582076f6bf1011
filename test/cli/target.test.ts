import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serve, type TestServer } from '../../src/load/testing/servers.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
});
afterAll(() => place.remove());

const shops: TestServer[] = [];
afterEach(async () => {
  for (const shop of shops.splice(0)) await shop.close();
});

/** A shop that takes orders of anybody, and the file that describes it. */
async function openShop(file: (url: string) => string): Promise<void> {
  const shop = await serve((request, response) => {
    if (request.url !== '/orders') response.statusCode = 404;
    response.end(JSON.stringify({ order: { id: 17 } }));
  });
  shops.push(shop);
  await writeFile(join(place.folder, 'corner.yaml'), file(shop.origin));
}

const FILE = `
operations:
  buy: { request: POST /orders, json: { user: "{buyer}", sku: "{sku}" }, answer: { order: order.id } }
sale: { skus: [{ id: LAMP, stock: 5 }] }
evidence:
  orders: { command: "echo '[{ \\"id\\": 17, \\"sku\\": \\"LAMP\\", \\"buyer\\": \\"buyer-1\\" }]'" }
`;

describe('target check', () => {
  it('shows what came back, the first row of each kind, and the checks that the file allows', async () => {
    await openShop((url) => `url: ${url}${FILE}`);
    const { stdout, code, stderr } = await place.run(['target', 'check', 'corner.yaml']);
    expect(stderr).toBe('');
    expect(stdout).toContain('sale    SKU LAMP with 5 units');
    expect(stdout).toContain('✓ buy  POST /orders → 200 ok (order 17)');
    expect(stdout).toContain('✓ orders  1 × orderId 17, userId buyer-1, skuId LAMP');
    expect(stdout).toContain('✓ never-oversold');
    expect(stdout).toContain('– money-agreement: the file does not give');
    expect(stdout).toContain('✓ corner can be judged');
    expect(code).toBe(0);
  });

  it('says on one line each what to change, and exits with 2', async () => {
    const wrong = FILE.replace('POST /orders', 'POST /order').replace('echo', 'nonsense');
    await openShop((url) => `url: ${url}${wrong}`);
    const { stdout, code } = await place.run(['target', 'check', 'corner.yaml']);
    expect(stdout).toMatch(
      /✗ buy .* it was answered 404: .*\n {4}next: correct the method or the path/,
    );
    expect(stdout).toMatch(/✗ orders .*nonsense.*\n {4}next: correct evidence\.orders/);
    expect(stdout).toContain('✗ corner needs the changes above');
    expect(code).toBe(2);
  });

  it('says if the shop is ever at rest', async () => {
    await openShop((url) => `url: ${url}${FILE}rest: { command: ": {sku}" }\n`);
    const calm = await place.run(['target', 'check', 'corner.yaml']);
    expect(calm.stdout).toMatch(/✓ rest +the shop was at rest after \d+\.\d s/);
    const rest = 'rest: { command: "echo job; echo 17", giveUp: 1ms }\n';
    await openShop((url) => `url: ${url}${FILE}${rest}`);
    const busy = await place.run(['target', 'check', 'corner.yaml']);
    expect(busy.stdout).toMatch(
      /✗ rest .*rest gives 1 row, such as {"job":"17"}; a run would trust no rows then\n {4}next: .*interval/,
    );
    expect(busy.code).toBe(2);
  });

  it('says which checks need rows that the file does not have', async () => {
    await openShop((url) => `url: ${url}${FILE.split('evidence:')[0]}`);
    const { stdout } = await place.run(['target', 'check', 'corner.yaml']);
    expect(stdout).toContain('✓ never-oversold');
    expect(stdout).toContain('– no-phantom: the file does not give the reservations or the orders');
    // Nobody can add these to a file.
    expect(stdout).not.toMatch(/metrics-agreement|cache-agreement|event-log-agreement/);
  });

  it('prints one document with --json', async () => {
    await openShop((url) => `url: ${url}${FILE}`);
    const { stdout } = await place.run(['target', 'check', 'corner.yaml', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      target: 'corner',
      ok: true,
      steps: [{ operation: 'buy', status: 200, is: 'ok', facts: [{ name: 'order', value: '17' }] }],
    });
  });
});
