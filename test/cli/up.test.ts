import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { VerdictDocument } from '../../src/report/run-document.ts';
import { isRunning } from '../../src/stack/processes/is-running.ts';
import { until } from '../until.ts';
import { createWorkplace, untilPrinted, type Workplace } from './cli.ts';

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
});
afterEach(async () => {
  await place.run(['down']);
  await place.remove();
});

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

it('C.1 a stack stays up for several runs, until `down` stops it', async () => {
  const up = await place.run(['up']);
  expect(up.code).toBe(0);
  const target = up.stdout.trim();
  expect(await answers(target)).toBe(true);

  const again = await place.run(['up']);
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(/a stack runs here already: .*Next: .*down/);

  // The administrator's token is read from the record of the stack.
  for (let runs = 0; runs < 2; runs += 1) {
    const run = await place.run(['run', 'smoke', '--target', target, '--json']);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout).environment).toMatchObject({ strategy: null, instances: null });
  }

  const processes = await place.processes();
  expect(processes.length).toBe(2);
  const down = await place.run(['down', '--json']);
  expect(down.code).toBe(0);
  expect(down.stderr).toContain(target);
  expect(JSON.parse(down.stdout)).toEqual({ stopped: [target] });
  expect(await answers(target)).toBe(false);
  expect(await place.processes()).toEqual([]);
  expect(await place.runFolders()).toEqual([]);
  expect((await place.run(['down'])).stderr).toContain('nothing runs here');
});

it('C.1 of two stacks that are started at the same moment one is refused, and the other one stands', async () => {
  const ups = await Promise.all([place.run(['up']), place.run(['up'])]);
  expect(ups.map(({ code }) => code).sort()).toEqual([0, 2]);
  expect(ups.find(({ code }) => code === 2)?.stderr).toMatch(/a stack runs here already/);
  const target = ups.find(({ code }) => code === 0)?.stdout.trim() as string;
  expect(await answers(target)).toBe(true);
  expect((await place.run(['down'])).stderr).toContain(`stopped ${target}`);
  expect(await place.processes()).toEqual([]);
});

it('C.1 `down` leaves a process alone that got the number of an earlier stack', async () => {
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
  await mkdir(join(place.folder, '.flashsale'));
  const record = { pid: bystander.pid, birth: 'an earlier moment' };
  await writeFile(join(place.folder, '.flashsale/stack.json'), JSON.stringify(record));
  expect((await place.run(['down'])).stderr).toContain('nothing runs here');
  expect(isRunning(bystander.pid as number)).toBe(true);
  bystander.kill();
});

it('C.2 seeding twice changes nothing the second time', async () => {
  expect((await place.run(['up'])).code).toBe(0);
  const args = ['seed', '--sku', 'SHOE-1', '--stock', '7', '--buyers', '30', '--out', 'sale.json'];
  expect((await place.run(args)).code).toBe(0);
  const first = JSON.parse(await readFile(join(place.folder, 'sale.json'), 'utf8'));
  expect(first.skus).toMatchObject([{ skuId: 'SHOE-1', total: 7 }]);
  expect(first.buyers).toHaveLength(30);

  // A product that exists keeps its stock, and the buyers are the same accounts.
  expect((await place.run([...args, '--stock', '9'])).code).toBe(0);
  const second = JSON.parse(await readFile(join(place.folder, 'sale.json'), 'utf8'));
  const ids = (sale: { buyers: { userId: string }[] }) => sale.buyers.map(({ userId }) => userId);
  expect(second.skus).toEqual([{ skuId: 'SHOE-1', total: 7 }]);
  expect(ids(second)).toEqual(ids(first));
});

it('C.2 seeds campaigns, by flags or with products from a file', async () => {
  expect((await place.run(['up'])).code).toBe(0);
  const seed = async (...args: string[]) => {
    const ended = await place.run(['seed', '--buyers', '3', '--json', ...args]);
    expect(ended.code).toBe(0);
    return JSON.parse(ended.stdout).skus;
  };
  expect(await seed('--sku', 'SPRING', '--sells', 'campaign', '--stock', '5')).toMatchObject([
    { skuId: 'SPRING', total: 5, unitPrice: '0.00', soldBy: 'campaign' },
  ]);
  const campaign = {
    campaignId: 'SPRING',
    name: 'Spring',
    capacity: 9,
    startsAt: '2026-03-01T00:00:00Z',
    endsAt: '2026-06-01T00:00:00Z',
  };
  const product = {
    skuId: 'SHOE-2',
    name: 'Shoe',
    basePrice: '99.00',
    flashSalePrice: '49.00',
    totalInventory: 7,
  };
  const path = join(place.folder, 'offers.json');
  await writeFile(path, JSON.stringify({ products: [product], campaigns: [campaign] }));
  expect(await seed('--file', 'offers.json')).toMatchObject([
    { skuId: 'SHOE-2', total: 7, unitPrice: '49.00', soldBy: 'reservations' },
    // The campaign existed before, and keeps its capacity.
    { skuId: 'SPRING', total: 5 },
  ]);

  await writeFile(path, JSON.stringify({ products: [{ ...product, price: 1 }] }));
  const refused = await place.run(['seed', '--file', 'offers.json']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('products.0');
});

it('C.4 verify reads the ledger of a target for a history that has none', async () => {
  const target = (await place.run(['up'])).stdout.trim();
  const run = await place.run(['run', 'smoke', '--target', target, '--history', 'whole.ndjson']);
  expect(run.code).toBe(0);
  const lines = (await readFile(join(place.folder, 'whole.ndjson'), 'utf8')).split('\n');
  const half = lines.filter((line) => !/"type":"(ledger|books|end)"/.test(line)).join('\n');
  await writeFile(join(place.folder, 'half.ndjson'), half);

  const statusOf = async (args: string[]) => {
    const { stdout } = await place.run(['verify', 'half.ndjson', '--json', ...args]);
    const { checks } = VerdictDocument.parse(JSON.parse(stdout)).verdict;
    return checks.find(({ name }) => name === 'conservation')?.status;
  };
  expect(await statusOf([])).toBe('missing');
  expect(await statusOf(['--target', target])).toBe('valid');
});

it('in the foreground it stays until Ctrl-C', async () => {
  const cli = place.start(['up', '--foreground']);
  await untilPrinted(cli, 'http://');
  expect((await place.processes()).length).toBe(2);
  cli.process.kill('SIGINT');
  expect((await cli.ended).code).toBe(0);
  expect(await place.processes()).toEqual([]);
  expect(await place.runFolders()).toEqual([]);
});

it('an up that is interrupted leaves no stack behind', async () => {
  const cli = place.start(['up']);
  await until(async () => (await place.processes()).length > 0);
  cli.process.kill('SIGKILL');
  await until(async () => (await place.runFolders()).length === 0);
  expect(await place.processes()).toEqual([]);
});

it('finds no stack after a kill -9, which also ends the parts of the stack', async () => {
  expect((await place.run(['up'])).code).toBe(0);
  const state = JSON.parse(await readFile(join(place.folder, '.flashsale/stack.json'), 'utf8'));
  await place.processes();
  process.kill(state.pid, 'SIGKILL');
  await until(async () => (await place.processes()).length === 0);
  expect((await place.run(['down'])).stderr).toContain('nothing runs here');
});

it('C.1 `down` reports that a stack ended because its database died', async () => {
  expect((await place.run(['up'])).code).toBe(0);
  const { folder, pid: holder } = JSON.parse(
    await readFile(join(place.folder, '.flashsale/stack.json'), 'utf8'),
  );
  const [pid] = (await readFile(join(folder, 'postgresql/data/postmaster.pid'), 'utf8')).split(
    '\n',
  );
  process.kill(Number(pid), 'SIGKILL');
  await until(async () => !isRunning(holder) && (await place.processes()).length === 0);
  expect((await place.run(['down'])).stderr).toBe(
    'nothing runs here any more; the stack that did said:\nthe database died: it ended with SIGKILL\n',
  );
  expect((await place.run(['down'])).stderr).toBe('nothing runs here\n');
});

it('C.1 doctor reports what is there, and how to get what is missing but not needed', async () => {
  const { code, stdout } = await place.run(['doctor', '--kafka-home', '/nowhere', '--json']);
  expect(code).toBe(0);
  const findings: { name: string; ok: boolean; missing?: true; remedy?: string }[] =
    JSON.parse(stdout);
  const kafka = findings.find(({ name }) => name === 'Kafka');
  expect(kafka).toMatchObject({ ok: true, missing: true });
  expect(kafka?.remedy).toMatch(/mvn -f .*pom\.xml|install Java/);
});

it('C.1 a missing service that was asked for is an error, and nothing stays behind', async () => {
  const up = await place.run(['up', '--kafka', '--kafka-home', '/nowhere', '--no-redis']);
  expect(up.code).toBe(3);
  expect(up.stderr).toMatch(/there is no Kafka to start: .*Next: /);
  expect(await place.processes()).toEqual([]);
  expect(await place.runFolders()).toEqual([]);
});
