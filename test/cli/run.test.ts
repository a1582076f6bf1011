import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { assetPath } from '../../src/kernel/assets.ts';
import { RunDocument, VerdictDocument } from '../../src/report/run-document.ts';
import { createPrometheus } from '../../src/stack/services/prometheus.ts';
import { describeWithK6 } from '../k6.ts';
import { until } from '../until.ts';
import { type Cli, createWorkplace, type Ended, untilPrinted, type Workplace } from './cli.ts';

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
});
afterEach(() => place.remove());

/** A scenario that runs longer than any test, with buyers at a steady rate. */
const STREAM = `
import http from 'k6/http';
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
export const sale = { stock: 50, buyers: 20000 };
export const options = { scenarios: { stream: {
  executor: 'constant-arrival-rate', rate: 100, duration: '60s', preAllocatedVUs: 50, maxVUs: 200,
} } };
const read = () => JSON.parse(open(__ENV.FLASHSALE_SALE));
const sales = new SharedArray('sale', () => [read().skus[0].skuId]);
const buyers = new SharedArray('buyers', () => read().buyers);
const target = (__ENV.FLASHSALE_TARGETS || '').split(',')[0];
export default async () => {
  const { token } = buyers[exec.scenario.iterationInTest % buyers.length];
  await http.post(target + '/api/v1/reservations', JSON.stringify({ skuId: sales[0], quantity: 1 }), {
    headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' },
  });
};
`;

async function startStream(args: string[] = []): Promise<Cli> {
  await writeFile(join(place.folder, 'stream.ts'), STREAM);
  const cli = place.start(['run', 'stream.ts', ...args]);
  await untilPrinted(cli, 'load: ');
  await place.processes();
  return cli;
}

/** Expects no process and no folder of the run to be left. */
async function expectNothingLeft(): Promise<void> {
  expect(await place.processes()).toEqual([]);
  expect(await place.runFolders()).toEqual([]);
}

const documentOf = ({ stdout }: Ended) => RunDocument.parse(JSON.parse(stdout));

/** The checks that see an oversell while the load runs, in the answers and in a scrape: the first of them ends the load. */
const SEES_OVERSELL = expect.stringMatching(/^(never-oversold|metrics-agreement)$/);

describeWithK6('a run in k6', () => {
  it('C.3 has the same evidence and verdict, and reports what is not known', async () => {
    const ended = await place.run(['run', 'smoke', '--runner', 'k6', '--json']);
    const document = documentOf(ended);
    expect(document.verdict).toMatchObject({ status: 'valid', inconclusiveBecause: [] });
    expect(document.environment.runner).toMatchObject({
      name: expect.stringMatching(/^k6 \d/),
      notKnown: expect.arrayContaining([expect.stringContaining('latencies count from the send')]),
    });
    expect(document.summary.iterations).toEqual({
      completed: 400,
      dropped: 0,
      interrupted: 0,
      threw: 0,
      offered: null,
    });
    expect(document.summary.stock).toMatchObject([
      { sold: 12, held: 0, available: 0 },
      { sold: 8, held: 0, available: 0 },
    ]);
    expect(ended.code).toBe(0);
    await expectNothingLeft();
  });

  it('C.3 catches a server that oversells', async () => {
    const args = ['rush', '--strategy', 'naive', '--unsafe', '--buyers', '200', '--stock', '10'];
    const ended = await place.run(['run', ...args, '--runner', 'k6', '--json']);
    expect(ended.code).toBe(10);
    const { verdict, seenWhileRunning } = documentOf(ended);
    expect(verdict?.checks.find(({ name }) => name === 'never-oversold')?.status).toBe('invalid');
    expect(seenWhileRunning).toContainEqual(expect.objectContaining({ check: SEES_OVERSELL }));
  });

  it('C.3 Ctrl-C ends k6, and the verdict is still reached', async () => {
    const cli = await startStream(['--runner', 'k6', '--json']);
    cli.process.kill('SIGINT');
    const ended = await cli.ended;
    expect(ended.code).toBe(130);
    expect(documentOf(ended).summary.stoppedBy).toBe('interrupt');
    await expectNothingLeft();
  });
});

describe('a k6 script that sells nothing', () => {
  const SCRIPT = `
import http from 'k6/http';
import { check } from 'k6';
import { Counter } from 'k6/metrics';
const seen = new Counter('seen');
export const options = {
  scenarios: { many: { executor: 'constant-vus', vus: 50, duration: '1h' } },
  thresholds: { seen: ['count==6'], checks: ['rate==1'] },
};
export default function () {
  const answer = http.get(__ENV.BASE + '/' + __ENV.PAGE);
  seen.add(answer.status === 200 ? 1 : 0);
  check(answer, { 'is there': (r) => r.status === Number(__ENV.EXPECTED || 200) });
}
`;
  let shop: Server;
  let base: string;
  beforeEach(async () => {
    shop = createServer((_req, res) => res.end('welcome')).listen(0, '127.0.0.1');
    await once(shop, 'listening');
    base = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
    await writeFile(join(place.folder, 'browse.js'), SCRIPT);
  });
  afterEach(() => shop.close());

  const browse = (...args: string[]) =>
    place.run(['run', 'browse.js', '-i', '6', '-u', '2', '-e', 'PAGE=front', ...args], {
      BASE: base,
    });

  it('runs its load, with the options of the command line instead of its own', async () => {
    const { code, stdout } = await browse();
    expect([code, stdout]).toEqual([0, expect.stringContaining('✓  is there  6 of 6')]);
    expect(stdout).toContain('6 requests = 6 ok + 0 refused');
    expect(stdout).toMatch(/Metrics of the script\n {2}seen {2}count 6 /);
    expect(stdout).toMatch(/✓ PASSED: nothing threw, and every threshold met\.\n$/);
    expect(await place.runFolders()).toEqual([]);
  });

  describeWithK6('fired by k6', () => {
    it('has the same numbers', async () => {
      const { code, stdout } = await browse('--runner', 'k6');
      expect([code, stdout]).toEqual([0, expect.stringContaining('6 requests = 6 ok + 0 refused')]);
    });
  });

  it('shows the output of its handleSummary, which gets the form asked for, and requests with --http-debug', async () => {
    const said = `export const handleSummary = (data) => ({ stdout: Object.keys(data).join() });`;
    await writeFile(join(place.folder, 'browse.js'), `${SCRIPT}\n${said}`);
    const { stdout, stderr } = await browse(
      ...['--http-debug=full', '--new-machine-readable-summary', '--summary-export', 'new.json'],
    );
    expect(stdout).toMatch(/^config,metadata,results,version\nflashsale-cli /);
    const exported = JSON.parse(await readFile(join(place.folder, 'new.json'), 'utf8'));
    expect(exported.config.script).toBe(`${SCRIPT}\n${said}`);
    expect(stderr).toContain('\nGET /front HTTP/1.1\n');
    expect(stderr).toContain('\nwelcome\n');
  });

  it('fails by its thresholds, also as a document', async () => {
    const ended = await browse('--json', '-e', 'EXPECTED=404', '-e', 'API_KEY=s3cret');
    expect(ended.code).toBe(11);
    expect(documentOf(ended).environment.command).toMatch(/ -e EXPECTED=404 -e API_KEY=\*{3}$/);
    expect(documentOf(ended)).toMatchObject({
      ...{ scenario: 'browse', target: [], verdict: null },
      summary: { requests: { sent: 6 }, stock: [] },
      thresholds: [{ ok: true }, { metric: 'checks', ok: false, observed: 0 }],
    });
  });

  const withThresholds = (thresholds: object) =>
    writeFile(
      join(place.folder, 'browse.js'),
      `${SCRIPT} options.ext = { flashsale: { thresholds: ${JSON.stringify(thresholds)} } };`,
    );

  it('asks the database of --sql-url, and fails by the answer', async () => {
    await withThresholds({ sql: { 'SELECT 2 > 1': ['value==1'], 'SELECT 1/0': ['value>0'] } });
    const ended = await browse('--json', '--sql-url', inject('postgresUrl'));
    expect(ended.code).toBe(11);
    expect(documentOf(ended).thresholds).toMatchObject([
      { ok: true },
      { ok: true },
      { metric: 'sql: SELECT 2 > 1', ok: true, observed: 1, reason: null },
      { metric: 'sql: SELECT 1/0', ok: false, observed: null, reason: 'division by zero' },
    ]);
  });

  it('asks the Prometheus of --prometheus-url, also for samples that the run itself has sent there', async () => {
    const config = join(place.folder, 'prometheus.yml');
    await writeFile(config, 'global: {}\n');
    const prometheus = createPrometheus({
      folder: place.folder,
      configFile: config,
      receivesRemoteWrites: true,
    });
    const { url } = await prometheus.start();
    await withThresholds({ promql: { k6_iterations_total: ['value==6'], nothing: ['value==0'] } });
    const ended = await browse(
      ...['--json', '--prometheus-url', url, '--out', `prometheus-rw=${url}/api/v1/write`],
    );
    await prometheus.stop();
    expect(ended.code).toBe(11);
    expect(documentOf(ended).thresholds.slice(2)).toEqual([
      {
        metric: 'promql: k6_iterations_total',
        expression: 'value==6',
        ok: true,
        observed: 6,
        reason: null,
      },
      {
        metric: 'promql: nothing',
        expression: 'value==0',
        ok: false,
        observed: null,
        reason: 'it has no sample',
      },
    ]);
  });

  it.each([
    [{ promql: { up: ['value==1'] } }, [], 2, 'add --prometheus-url URL'],
    [{ promql: { up: [] } }, ['--prometheus-url', 'http://127.0.0.1:2'], 3, 'cannot be asked'],
    [{ checks: ['never-oversold'] }, [], 2, 'nothing to check'],
  ])('refuses %j before the load, with the reason', async (thresholds, args, code, message) => {
    await withThresholds(thresholds);
    const ended = await browse(...args);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(message)]);
    expect(ended.stderr).not.toContain('load:');
  });

  it('shows the script’s console output without progress, with --quiet as well', async () => {
    await writeFile(join(place.folder, 'talk.js'), `export default () => console.log('hello');`);
    expect((await place.run(['run', 'talk.js', '--ui', 'none'])).stderr).toBe('hello\n');
    expect((await place.run(['run', 'talk.js', '--quiet'])).stderr).toBe('hello\n');
  });

  it('heeds k6’s flags, and says which of them mean nothing here', async () => {
    const script = `
      export const options = { thresholds: { checks: ['rate>2'] } };
      export default () => console.log('hello ' + options.vus + ' ' + __ENV.PATH);
      export const handleSummary = () => ({ stdout: 'my own' });`;
    await writeFile(join(place.folder, 'flags.js'), script);
    await writeFile(join(place.folder, 'k6.json'), JSON.stringify({ vus: 2, iterations: 2 }));
    const { code, stdout, stderr } = await place.run([
      ...['run', '--no-thresholds', '--throw', '--no-summary', 'flags.js', '-c', 'k6.json'],
      ...['--console-output=console.txt', '--include-system-env-vars=false', '-a', 'localhost:0'],
    ]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('note: --address means nothing')]);
    expect(stdout).toBe('nothing threw, and there was no threshold to miss.\n');
    const log = await readFile(join(place.folder, 'console.txt'), 'utf8');
    expect(log).toBe('hello 2 undefined\n'.repeat(2));
  });

  it.each([
    [['-e', '1PAGE=a'], '"1PAGE" is no name of a variable'],
    [['--vus', 'many'], 'whole number'],
    [['--stage', '10s:5,10s'], '"10s" is no stage like 30s:100'],
    [['-s', '10s:5,1m:0', '-d', '10s'], '`duration` and `stages`'],
    [['--paused'], '--paused cannot be heeded'],
    [['--config', 'nowhere.json'], '--config nowhere.json cannot be read'],
    [['--log-output', 'loki'], 'is not a place for the log'],
    [['--history', 'h.ndjson'], 'sells nothing'],
    [['--rounds', '2'], 'sells nothing'],
    [['--target', 'http://127.0.0.1:9'], 'so --target has no effect'],
    [['--stop-on', 'violation'], 'so --stop-on has no effect'],
  ])('explains what is wrong with %j', async (args, message) => {
    const { code, stderr } = await place.run(['run', 'browse.js', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('thresholds over checks and the database', () => {
  const SCRIPT = `
import { options as smoke } from '${assetPath('scenarios', 'smoke.ts')}';
export { default, sale } from '${assetPath('scenarios', 'smoke.ts')}';
export const options = { ...smoke, ext: { flashsale: { thresholds: {
  checks: ['never-oversold', 'voucher-capacity'],
  sql: {
    "SELECT sum(quantity) FROM orders WHERE sku_id ~ '^($__skus)$' AND status = 'CONFIRMED'": ['value==20'],
    "SELECT available_count FROM inventory WHERE sku_id = '$__sku'": ['value>0'],
  },
} } } };`;

  async function expectPassedAndFailed(...args: string[]): Promise<void> {
    await writeFile(join(place.folder, 'smoke.ts'), SCRIPT);
    const ended = await place.run(['run', 'smoke.ts', '--json', ...args]);
    const { verdict, thresholds } = documentOf(ended);
    expect(verdict?.status).toBe('valid');
    expect(thresholds.filter(({ metric }) => /^(check|sql): /.test(metric))).toMatchObject([
      { metric: 'check: never-oversold', expression: 'valid', ok: true, reason: null },
      {
        metric: 'check: voucher-capacity',
        ok: false,
        observed: null,
        reason: expect.stringMatching(/^skipped: /),
      },
      { expression: 'value==20', ok: true, observed: 20 },
      { metric: expect.stringMatching(/'smoke-\d+-1'/), ok: false, observed: 0, reason: null },
      { metric: expect.stringMatching(/'smoke-\d+-2'/), ok: false, observed: 0, reason: null },
    ]);
    expect(ended.code).toBe(11);
  }

  it('pass or fail by the run’s verdict and its own database', () => expectPassedAndFailed());

  describeWithK6('when k6 fires the load', () => {
    it('pass or fail just so', () => expectPassedAndFailed('--runner', 'k6'));
  });
});

describe('a run from nothing to its verdict', () => {
  it('C.3 is valid on a correct server, in numbers that add up, and leaves nothing behind', async () => {
    const files = ['--history', 'kept.ndjson', '--out', 'json=out.json', '--out', 'csv=/dev/full'];
    const ended = await place.run([
      'run',
      'smoke',
      '--json',
      ...files,
      '--summary-export',
      's.json',
      '--report',
      'run.html',
    ]);
    expect(ended.code).toBe(0);
    const document = documentOf(ended);
    expect(document.outputProblems).toEqual([expect.stringContaining('/dev/full is incomplete')]);
    const summary = JSON.parse(await readFile(join(place.folder, 's.json'), 'utf8'));
    expect(summary.metrics.iterations.count).toBe(400);
    expect(await readFile(join(place.folder, 'out.json'), 'utf8')).toContain('"http_reqs"');
    const { requests, stock } = document.summary;
    expect(document.verdict?.status).toBe('valid');
    expect(requests.sent).toBeGreaterThanOrEqual(800);
    expect(requests.sent).toBe(
      requests.ok + requests.soldOut + requests.refused + requests.error + requests.unknown,
    );
    expect(stock).toMatchObject([
      { total: 12, available: 0, held: 0, sold: 12 },
      { total: 8, available: 0, held: 0, sold: 8 },
    ]);
    expect(document.environment).toMatchObject({ strategy: 'batched', instances: 1, seed: 1 });
    await expectNothingLeft();

    const page = await readFile(join(place.folder, 'run.html'), 'utf8');
    expect(page).toContain(document.verdict?.sentence);
    expect(page).toContain('flashsale-cli run smoke --json --history kept.ndjson');
    expect(page).toContain('Offered and achieved load');

    const reported = await place.run(['report', 'kept.ndjson', '--json']);
    expect(JSON.parse(reported.stdout)).toMatchObject({ status: 'valid' });
    expect(await readFile(join(place.folder, 'kept.html'), 'utf8')).toContain(
      document.verdict?.sentence,
    );

    const full = await place.run(['report', 'kept.ndjson', '--output', '/dev/full']);
    expect([full.code, full.stderr]).toEqual([3, expect.stringContaining('/dev/full cannot be')]);

    const verified = await place.run(['verify', 'kept.ndjson', '--json', '--junit', 'kept.xml']);
    expect(await readFile(join(place.folder, 'kept.xml'), 'utf8')).toContain('name="conservation"');
    expect(VerdictDocument.parse(JSON.parse(verified.stdout)).verdict).toEqual(document.verdict);
    expect(verified.code).toBe(0);
  });

  it('C.3 reports that there is no k6 before anything is started', async () => {
    const ended = await place.run(['run', 'smoke', '--runner', 'k6'], {
      PATH: dirname(process.execPath),
    });
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(/^error: there is no k6 to run: k6 is not on PATH\. Next: /m);
    expect(ended.stderr).not.toContain('stack:');
  });

  it('C.3 catches a server that oversells, and shows the operations that prove it', async () => {
    const args = ['rush', '--strategy', 'naive', '--unsafe', '--buyers', '600', '--stock', '30'];
    const ended = await place.run(['run', ...args, '--json']);
    expect(ended.code).toBe(10);
    const { verdict, seenWhileRunning } = documentOf(ended);
    expect(verdict?.status).toBe('invalid');
    expect(seenWhileRunning).toContainEqual(expect.objectContaining({ check: SEES_OVERSELL }));
    expect(ended.stderr).toMatch(/^violation: (never-oversold|metrics-agreement) is broken: /m);
    const oversold = verdict?.checks.find(({ name }) => name === 'never-oversold');
    expect(oversold?.status).toBe('invalid');
    expect(oversold?.witness?.operations.length).toBeLessThanOrEqual(10);
    expect(oversold?.witness?.prose).toContain('30 units');
    await expectNothingLeft();
  });

  it('fires from several threads, but not by k6', async () => {
    const ended = await place.run(['run', 'smoke', '--workers', '2', '--json']);
    expect(ended.code).toBe(0);
    expect(documentOf(ended).verdict?.status).toBe('valid');
    const refused = await place.run(['run', 'smoke', '--workers', '2', '--runner', 'k6']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('k6 uses every core by itself');
  });

  it('C.3 sells the last unit once, by two instances', async () => {
    const ended = await place.run([
      'run',
      'last-unit',
      '--instances',
      '2',
      '--buyers',
      '600',
      '--json',
    ]);
    expect(ended.code).toBe(0);
    expect(documentOf(ended).summary.stock).toMatchObject([{ total: 1, available: 0, sold: 1 }]);
  });

  it('sells in two rounds on one stack, each with SKUs of its own, and keeps both histories', async () => {
    const args = ['--rounds', '2', '--stock', '4', '--buyers', '40', '--history', 'kept.ndjson'];
    const ended = await place.run(['run', 'smoke', ...args, '--json']);
    expect(ended.code).toBe(0);
    const { verdict, rounds } = documentOf(ended);
    expect(verdict?.sentence).toMatch(/^Valid in 2 of 2 rounds\. /);
    expect(rounds).toMatchObject([
      { round: 1, start: 'cold', status: 'valid', broken: [] },
      { round: 2, start: 'warm', status: 'valid', broken: [] },
    ]);
    expect(new Set(rounds.flatMap(({ skus }) => skus)).size).toBe(4);
    for (const history of ['kept.1.ndjson', 'kept.2.ndjson']) {
      expect((await place.run(['verify', history])).code).toBe(0);
    }
    await expectNothingLeft();
  });

  it('prints plain lines on a pipe: the result on stdout, progress on stderr, no escape codes', async () => {
    const { code, stdout, stderr } = await place.run(['run', 'smoke', '--ui', 'tui']);
    expect(code).toBe(0);
    expect(`${stdout}${stderr}`).not.toContain('\u001B');
    expect(stdout).toMatch(/VALID/);
    expect(stderr).toMatch(/^stack: /);
  });

  it('works in a database of its own on the server it is given, as a role that may make one, and drops it', async () => {
    const url = new URL(inject('postgresUrl'));
    const admin = new pg.Client({ connectionString: url.href });
    await admin.connect();
    await admin.query(`CREATE ROLE tester LOGIN CREATEDB PASSWORD 'secret'`);
    Object.assign(url, { username: 'tester', password: 'secret' });
    const ended = await place.run(['run', 'smoke', '--quiet'], { DATABASE_URL: url.href });
    expect(ended.code).toBe(0);
    // A role that owns anything cannot be dropped.
    await admin.query('DROP ROLE tester');
    await admin.end();
  });
});

describe('C.1 a run leaves nothing behind, however it ends', () => {
  it('an instance killed with -9 comes back, nothing acknowledged is lost, and the run goes on', async () => {
    const cli = place.start([
      'run',
      'rush',
      '--json',
      '--history',
      'kept.ndjson',
      '--buyers',
      '6000',
    ]);
    await untilPrinted(cli, 'load: the sale is on');
    const [folder = ''] = await place.runFolders();
    const log = await readFile(join(folder, 'server-1.log'), 'utf8');
    const { pid } = JSON.parse(log.split('\n').find((line) => line.includes('listening')) ?? '');
    // The load is under way when the first answers are in the history.
    await until(async () =>
      (await readFile(join(place.folder, 'kept.ndjson'), 'utf8')).includes('"type":"ok"'),
    );
    process.kill(pid, 'SIGKILL');

    const ended = await cli.ended;
    const { verdict, summary } = documentOf(ended);
    expect(verdict).toMatchObject({ status: 'valid' });
    // A hold whose answer was lost with the server is never checked out, so `sold` may be less than the total.
    expect(summary.stock).toMatchObject([{ total: 500, available: 0 }]);
    expect(ended.stderr).toMatch(/server-1 .*died: SIGKILL/);
    await expectNothingLeft();
  });

  const ONE_THREAD: [string, string[]] = ['one thread', []];
  const TWO_THREADS: [string, string[]] = ['two threads', ['--workers', '2']];

  it.each<[NodeJS.Signals, string, string[]]>([
    ['SIGINT', ...ONE_THREAD],
    ['SIGINT', ...TWO_THREADS],
    ['SIGTERM', ...ONE_THREAD],
  ])('the first %s ends the load of %s and still gives the verdict', async (signal, _, workers) => {
    const cli = await startStream(['--json', ...workers]);
    cli.process.kill(signal);
    const ended = await cli.ended;
    expect(ended.code).toBe(130);
    const document = documentOf(ended);
    expect(document.summary.stoppedBy).toBe('interrupt');
    expect(document.verdict?.checks.length).toBeGreaterThan(5);
    await expectNothingLeft();
  });

  it.each([ONE_THREAD, TWO_THREADS])(
    'the second Ctrl-C abandons the load of %s',
    async (_, workers) => {
      await writeFile(
        join(place.folder, 'stubborn.ts'),
        `import { sleep } from 'k6';
       export const sale = { stock: 1, buyers: 1 };
       export const options = { scenarios: { slow: {
         executor: 'shared-iterations', vus: 1, iterations: 1, maxDuration: '10m', gracefulStop: '10m' } } };
       export default async () => { await sleep(600); };`,
      );
      const cli = place.start(['run', 'stubborn.ts', ...workers]);
      await untilPrinted(cli, 'load: ');
      await place.processes();
      cli.process.kill('SIGINT');
      await untilPrinted(cli, 'Ctrl-C again');
      cli.process.kill('SIGINT');
      const { code, stdout } = await cli.ended;
      expect(code).toBe(130);
      expect(stdout).toBe('');
      await expectNothingLeft();
    },
  );

  it('SIGHUP', async () => {
    const cli = await startStream();
    cli.process.kill('SIGHUP');
    expect((await cli.ended).code).toBe(130);
    await expectNothingLeft();
  });

  it('Ctrl-C while the stack comes up', async () => {
    const cli = place.start(['run', 'smoke']);
    await untilPrinted(cli, 'stack: ');
    await until(async () => (await place.processes()).length > 0);
    cli.process.kill('SIGINT');
    expect((await cli.ended).code).toBe(130);
    await expectNothingLeft();
  });

  it('kill -9', async () => {
    const cli = await startStream();
    cli.process.kill('SIGKILL');
    await cli.ended;
    await until(async () => (await place.processes()).length === 0);
    await until(async () => (await place.runFolders()).length === 0);
  });

  it('a PostgreSQL that dies', async () => {
    const cli = await startStream();
    const [folder = ''] = await place.runFolders();
    const pid = await readFile(join(folder, 'postgresql/data/postmaster.pid'), 'utf8');
    process.kill(Number.parseInt(pid, 10), 'SIGKILL');
    const { code, stderr } = await cli.ended;
    expect(code).toBe(3);
    expect(stderr).toMatch(/error: the database died in the middle of the run: .*SIGKILL.*Next:/);
    await expectNothingLeft();
  });

  it('--keep leaves the run folder behind, and nothing else', async () => {
    const { code, stderr } = await place.run(['run', 'smoke', '--keep']);
    expect(code).toBe(0);
    const [folder = ''] = await place.runFolders();
    expect(stderr).toContain(`kept: ${folder}`);
    expect(await place.processes()).toEqual([]);
    expect(await readFile(join(folder, 'server-1.log'), 'utf8')).toContain('listening');
    expect((await place.run(['verify', join(folder, 'history.ndjson')])).code).toBe(0);
  });
});
