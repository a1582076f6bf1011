import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UserError } from '../../src/kernel/errors.ts';
import { createScope, type Scope } from '../../src/stack/resource.ts';
import { runFolder } from '../../src/stack/run-folder.ts';
import { ownDatabase } from '../../src/stack/services/database.ts';
import { createPostgres } from '../../src/stack/services/postgres.ts';
import { createServerInstance } from '../../src/stack/services/server-instance.ts';

/**
 * Fuzzes the API of our own server with schemathesis: requests made from its OpenAPI document, one by one and in chains
 * along the document's links, each answer compared with the document. Server, payment provider and database are started
 * here and are removed at the end; users and tokens are made by `hooks.py`.
 *
 * Ends with 0 if nothing was found, and with 1 otherwise. Without schemathesis it does nothing and says so; where
 * `FLASHSALE_TEST_REQUIRE_SERVICES=1` that is a failure.
 */
const { values: options } = parseArgs({
  options: {
    /** The same seed makes the same requests, as far as the server gives the same answers. */
    seed: { type: 'string', default: '1' },
    /** The longest time for the requests. */
    seconds: { type: 'string', default: '150' },
    /** Requests for each endpoint in each phase, and steps of chains. */
    examples: { type: 'string', default: '40' },
  },
});

const here = fileURLToPath(new URL('.', import.meta.url));
const version = /^schemathesis==(.+)$/m.exec(
  readFileSync(join(here, 'requirements.txt'), 'utf8'),
)?.[1];
/** `tools/services install` makes this environment of Python. */
const environment = join(homedir(), '.cache', 'flashsale-cli', `schemathesis-${version}`);

if (existsSync(environment)) await fuzz();
else {
  const isNeeded = process.env.FLASHSALE_TEST_REQUIRE_SERVICES === '1';
  process.stderr.write(
    `the API is not fuzzed: schemathesis ${version} is not installed\nnext: tools/services install, which needs python3 with venv\n`,
  );
  process.exitCode = isNeeded ? 1 : 0;
}

async function fuzz(): Promise<void> {
  const scope = createScope();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void scope.stop().finally(() => process.exit(1)));
  }
  try {
    const folder = await scope.start(runFolder({ keep: false }));
    const postgres = await scope.start(createPostgres({ folder }));
    const database = await scope.start(ownDatabase(postgres.url));
    const secrets = {
      webhook: randomBytes(24).toString('hex'),
      admin: randomBytes(24).toString('hex'),
    };
    const start = (name: string, script: string, env: Record<string, string>) =>
      scope.start(
        createServerInstance({
          ...{ name, script, env, port: 0, logFile: join(folder, `${name}.log`) },
          onEvent(event) {
            if (event.type === 'died') deaths.push(`${event.name} died: ${event.why}`);
          },
        }),
      );
    const deaths: string[] = [];
    const provider = await start('provider', 'server/payment-provider/main.ts', {
      WEBHOOK_SECRET: secrets.webhook,
    });
    const server = await start('server', 'server/main.ts', {
      DATABASE_URL: database,
      JWT_SECRET: randomBytes(32).toString('hex'),
      ADMIN_USERNAME: 'root',
      ADMIN_PASSWORD: secrets.admin,
      // Hashing is to take no time, and nobody is to be kept from logging in again.
      BCRYPT_COST: '4',
      LOGIN_ATTEMPTS_PER_USERNAME: '1000000',
      LOGIN_FAILURES_PER_IP: '1000000',
      PAYMENT_URL: provider.url,
      PAYMENT_WEBHOOK_SECRET: secrets.webhook,
      // A chain of requests is to meet lapsed holds as well.
      HOLD_TTL_MS: '5000',
    });
    const half = Number(options.seconds) / 2;
    const codes = [
      await runSchemathesis('coverage,fuzzing', half, server.url, { folder, secrets, scope }),
      await runSchemathesis('stateful', half, server.url, { folder, secrets, scope }),
    ];
    process.stdout.write(await describeReach(server.url));
    for (const line of deaths) process.stderr.write(`${line}\n`);
    const errors = readFileSync(join(folder, 'server.log'), 'utf8')
      .split('\n')
      .filter((line) => /"level":"(error|fatal)"/.test(line));
    if (errors.length > 0)
      process.stderr.write(`the server's log:\n${errors.slice(0, 20).join('\n')}\n`);
    process.exitCode =
      codes.every((code) => code === 0) && deaths.length === 0 && errors.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}: ${error.why}\nnext: ${error.next}\n`);
    process.exitCode = error.exitCode;
  } finally {
    await scope.stop();
  }
}

/** The number of answers by route and status, as the server counted them: it shows what the requests have reached. */
async function describeReach(url: string): Promise<string> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const counted =
    /^flashsale_http_requests_total\{method="(\w+)",route="([^"]+)",status="(\d+)"\} (\d+)$/gm;
  const routes = new Map<string, string[]>();
  for (const [, method, route, status, count] of metrics.matchAll(counted)) {
    const name = `${method} ${route}`;
    routes.set(name, [...(routes.get(name) ?? []), `${status}: ${count}`]);
  }
  const lines = [...routes].map(
    ([name, counts]) => `${name.padEnd(48)} ${counts.toSorted().join(', ')}`,
  );
  return `\nAnswers by route:\n${lines.toSorted().join('\n')}\n`;
}

async function runSchemathesis(
  phases: string,
  seconds: number,
  url: string,
  {
    folder,
    secrets,
    scope,
  }: { folder: string; secrets: { webhook: string; admin: string }; scope: Scope },
): Promise<number> {
  const { seed, examples } = options;
  let child: ChildProcess | undefined;
  let exited: Promise<unknown[]> | undefined;
  // A signal to this process alone leaves it to end what it started.
  const started = await scope.start({
    name: 'schemathesis',
    async start() {
      child = spawn(
        join(environment, 'bin', 'python'),
        [
          ...['-m', 'schemathesis.cli'],
          ...['--config-file', join(here, 'schemathesis.toml'), 'run', `${url}/openapi.json`],
          ...['--phases', phases, '--max-time', String(Math.ceil(seconds))],
          ...['--seed', seed, '--max-examples', examples],
        ],
        {
          // It keeps what it finds in the folder that it stands in, and begins with that the next time.
          cwd: folder,
          stdio: ['ignore', 'inherit', 'inherit'],
          env: {
            ...process.env,
            PYTHONPATH: here,
            PYTHONDONTWRITEBYTECODE: '1',
            SCHEMATHESIS_HOOKS: 'hooks',
            FUZZ_URL: url,
            FUZZ_SEED: seed,
            FUZZ_ADMIN_PASSWORD: secrets.admin,
            FUZZ_WEBHOOK_SECRET: secrets.webhook,
          },
        },
      );
      exited = once(child, 'exit');
      return { child, exited };
    },
    async stop() {
      child?.kill('SIGKILL');
      await exited;
    },
  });
  const overdue = setTimeout(() => started.child.kill('SIGINT'), (seconds + 60) * 1000);
  const [code] = await started.exited;
  clearTimeout(overdue);
  return (code as number | null) ?? 1;
}
