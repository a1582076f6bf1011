import { readdirSync, readFileSync } from 'node:fs';

/** The id of a requirement in the documents and in the names of its tests: `S1.3`, `C.4`, `G.1`. */
const ID = /\b(?:S[0-4]|C|G)\.\d{1,2}\b/g;

/** The requirements by id, in the order of their documents. */
export const REQUIREMENTS: Record<string, string> = {
  'S0.1': 'registration and login, also at `/register` and `/login`',
  'S0.2': 'a campaign registers each user once, up to its capacity, and issues a voucher with it',
  'S0.3': 'the distributed lock, as one strategy among others; correctness never depends on it',
  'S0.4': 'a voucher is redeemed exactly once, by its owner',
  'S0.5': 'rate limits in Redis, shared by all instances',
  'S0.6': 'health of every dependency; liveness, readiness, start-up',
  'S0.7': 'metrics of requests, Redis and database',
  'S1.1': 'reservations and the order of their refusals',
  'S1.2': 'a reservation lives two minutes, then its units return',
  'S1.3': 'checkout: validate, pay, order, confirm',
  'S1.4': 'the order state machine: cancel, fulfil, list',
  'S1.5': 'inventory operations, each with its cache effect and its event',
  'S1.6': 'products and availability, cache-aside',
  'S1.7': 'Redis keys and their times to live',
  'S1.8': 'Kafka topics, partitions and keys',
  'S1.9': 'consumers: analytics, notification, inventory sync, fraud detection',
  'S1.10': 'pessimistic and optimistic locking as strategies, beside better ones',
  'S1.11': 'the tables of the data model',
  'S1.12': 'one error body for all errors',
  'S1.13': 'circuit breakers on payment, Redis and Kafka',
  'S1.14': 'many stateless instances side by side',
  'S1.15': 'alerts: errors, latency, low inventory, oversold units',
  'S2.1': 'login makes a session, cached in Redis',
  'S2.2': 'every request checks token, session and role; sessions end at once everywhere',
  'S2.3': 'achievements: progress, completion exactly once, what follows from it',
  'S2.4': 'quests: start, progress, completion, rewards from the one ledger',
  'S2.5': 'events: validated, retried, dead-lettered, replayed',
  'S2.6': 'a cache whose entries are invalidated across instances',
  'S2.7': 'analytics: what clients tell, stored and counted once, in buckets of time',
  'S3.1': 'the same accounts at `/auth/*`',
  'S3.2':
    'events: an organizer puts them up, changes and cancels them; everybody finds them, with their images',
  'S3.3': 'tickets: bought, paid and issued once each, let in once each',
  'S3.4': 'counts of an event, and analytics, follow from the queue',
  'S3.5': 'breaker, retry and fallback around payment, images, email and SMS',
  'S3.6': 'caching in memory, in Redis and by HTTP headers; read replicas; balancing',
  'S4.1': 'accounts: bcrypt, JWT',
  'S4.2': 'the status of the flash sale',
  'S4.3': 'an attempt is decided atomically, queued and logged',
  'S4.4': 'the worker turns attempts into orders, once',
  'S4.5': 'the result of an attempt, straight from Redis',
  'S4.6': 'the keys of a flash sale',
  'S4.7': 'tables of sales and attempts, with their constraints',
  'S4.8': 'Redis or Kafka down: nothing fails, nothing is lost, nothing doubled',
  'S4.9': 'API documentation from the schemas that validate',
  'S4.10': 'CORS, validation, structured logs, health checks',
  'C.1': 'the whole stack on this machine, started and stopped',
  'C.2': 'seeding',
  'C.3': 'running a scenario to a verdict and an exit code',
  'C.4': 'the verdict alone, from recorded evidence',
  'C.5': 'reports: an HTML file, JUnit XML, JSON with a schema, Markdown',
  'C.6': 'the same load against several strategies, servers or revisions, side by side',
  'C.7': 'faults while the load runs, then healing, then the verdict',
  'C.8': 'selling flows simulated in virtual time, seeded, with bugs on request',
  'C.9': 'scenarios, configuration and where it came from',
  'C.10': 'scenario files are k6 scripts: the same file runs here and in k6',
  'C.11':
    'anybody’s server: a target file maps its routes to operations, and its books to the ledger',
  'G.1': 'dashboards, scrape configuration and alert rules',
  'G.2': 'docker compose brings all of it',
  'G.3': 'metrics of the run itself beside those of the server',
};

/** An id as a value, in a table of cases whose tests have the id in their names. */
const CASE_ID = /'((?:S[0-4]|C|G)\.\d{1,2})'/g;

/** The name that `it`, `test` or `describe` gets, with or without a table of cases before it. */
const TEST_NAME = /\b(?:it|test|describe\w*)\b[^'"`\n]*(?:\n\s*)?(['"`])((?:(?!\1).)*)\1/g;

/** For each id the test files with a test whose name contains it. */
export function findTestsById(root: string): Map<string, string[]> {
  const filesById = new Map<string, string[]>();
  for (const path of testFiles(root)) {
    const text = readFileSync(`${root}/${path}`, 'utf8');
    const ids = new Set([
      ...[...text.matchAll(TEST_NAME)].flatMap(([, , name]) => name?.match(ID) ?? []),
      ...[...text.matchAll(CASE_ID)].map(([, id]) => id as string),
    ]);
    for (const id of ids) filesById.set(id, [...(filesById.get(id) ?? []), path]);
  }
  return filesById;
}

/** The page with the test files of each requirement. */
export function renderTable(testsById: Map<string, string[]>): string {
  const rows = Object.entries(REQUIREMENTS).map(([id, what]) => {
    const tests = (testsById.get(id) ?? []).map((path) => `[${path}](../${path})`);
    return `| ${id} | ${what} | ${tests.join('<br>')} |`;
  });
  return `# Requirements and their tests

Every requirement has an id, and every test of it carries the id in its name. This table is written from the tests
(\`npx vitest run test/requirements.test.ts -u\`), and a test fails when it is out of date.

| id | what is required | tested in |
|---|---|---|
${rows.join('\n')}
`;
}

const testFiles = (root: string): string[] =>
  ['cli', 'server', 'src', 'test', 'tools']
    .flatMap((folder) =>
      readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => /\.(test|contract)\.tsx?$/.test(path))
    .toSorted();
