import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../closed-loop.ts';
import { type Contestant, findContestants, onCore } from './contestants.ts';

/**
 * `npm run bench:load [-- efficiency|arrivals|memory]`: compares our load engine with others, measures how
 * punctually it begins its arrivals, and how much memory long runs need. The target is one trivial server on the first
 * core; the generator runs on the second.
 */
const ROUNDS = 5;
const CONNECTIONS = 64;
/** Only the difference of the two runs counts, because the generators differ in the cost of start and warm-up. */
const SECONDS = { short: 1, long: 5 };
const ARRIVAL_RATES = [100, 1_000, 5_000];
const ARRIVAL_SECONDS = 30;
const MEMORY_REQUESTS = (process.env.MEMORY_REQUESTS ?? '100000,1000000,3000000').split(',');

const only = process.argv[2];
const toolsFolder = process.env.LOAD_TOOLS ?? join(tmpdir(), 'flashsale-load-tools');
const folder = mkdtempSync(join(tmpdir(), 'flashsale-bench-'));
const tokensFile = join(folder, 'tokens.txt');
writeFileSync(tokensFile, bearerTokens(10_000).join('\n'));
const { server, base } = await startServer();
const common = { BASE: base, TOKENS: tokensFile, CONNECTIONS: String(CONNECTIONS) };
try {
  if (only === undefined || only === 'efficiency') await efficiency();
  if (only === undefined || only === 'arrivals') await arrivals();
  if (only === undefined || only === 'memory') await memory();
} finally {
  server.disconnect();
  rmSync(folder, { recursive: true });
}

interface Measured {
  requests: number;
  cpuSeconds: number;
  stdout: string;
}

/** Measures requests per CPU-second of all installed generators in turns, so that a noisy minute affects all of them. */
async function efficiency(): Promise<void> {
  const others = (seconds: number): Contestant[] =>
    findContestants(toolsFolder, { ...common, SECONDS: String(seconds) });
  const names = others(0).filter(({ command }) => command !== undefined);
  const rates = new Map<string, number[]>();
  const speeds = new Map<string, number[]>();

  async function both(name: string, run: (seconds: number) => Promise<Measured>): Promise<void> {
    const short = await run(SECONDS.short);
    const long = await run(SECONDS.long);
    const requests = long.requests - short.requests;
    const rate = requests / (long.cpuSeconds - short.cpuSeconds);
    rates.set(name, [...(rates.get(name) ?? []), rate]);
    const speed = requests / (SECONDS.long - SECONDS.short);
    speeds.set(name, [...(speeds.get(name) ?? []), speed]);
  }

  for (let round = 0; round < ROUNDS; round += 1) {
    await both('flashsale-cli', (seconds) => runOurs({ SECONDS: String(seconds) }));
    for (const { name } of names) {
      await both(name, (seconds) => {
        const { command, env } = others(seconds).find((other) => other.name === name) as Contestant;
        return measure(command as string[], { ...common, SECONDS: String(seconds), ...env });
      });
    }
  }

  const ours = rates.get('flashsale-cli') as number[];
  console.log(
    `\nRequests per CPU-second, distinct JSON bodies and bearer tokens, ${CONNECTIONS} connections, medians of ${ROUNDS} rounds on ${cpus()[0]?.model}\n`,
  );
  console.log(
    '| generator | per CPU-second | lowest–highest | requests/s | ours over it | target |',
  );
  console.log('|---|---|---|---|---|---|');
  const row = (name: string, target: string): void => {
    const all = rates.get(name) as number[];
    const range = `${whole(Math.min(...all))}–${whole(Math.max(...all))}`;
    // The ratio is taken per round, because noise in a round slows both generators down.
    const ratio = median(all.map((rate, round) => (ours[round] as number) / rate)).toFixed(2);
    console.log(
      `| ${name} | ${whole(median(all))} | ${range} | ${whole(median(speeds.get(name) as number[]))} | ${ratio}× | ${target} |`,
    );
  };
  row('flashsale-cli', '');
  for (const { name, command, ratioMin, install } of others(0)) {
    if (command) row(name, `≥ ${ratioMin}×`);
    else console.log(`| ${name} | not here: \`${install}\` | | | | ≥ ${ratioMin}× |`);
  }
}

/** Compares the rate of an open model with the requested one, and measures the lateness of arrivals, ours and k6's. */
async function arrivals(): Promise<void> {
  console.log(`\nArrivals over ${ARRIVAL_SECONDS} s\n`);
  console.log('| generator | asked per second | begun per second | off by | late p99 ms | CPU % |');
  console.log('|---|---|---|---|---|---|');
  const row = (name: string, rate: number, measured: Measured, lateness: string): void => {
    const begun = measured.requests / ARRIVAL_SECONDS;
    const off = (((begun - rate) / rate) * 100).toFixed(3);
    const cpu = whole((measured.cpuSeconds / ARRIVAL_SECONDS) * 100);
    console.log(`| ${name} | ${rate} | ${begun.toFixed(2)} | ${off} % | ${lateness} | ${cpu} |`);
  };
  for (const rate of ARRIVAL_RATES) {
    const env = { ...common, RATE: String(rate), SECONDS: String(ARRIVAL_SECONDS) };
    const ours = await runOurs(env);
    row('flashsale-cli', rate, ours, JSON.parse(ours.stdout).latenessMsP99.toFixed(2));
    const k6 = findContestants(toolsFolder, env).find(({ name }) => name === 'k6');
    if (k6?.command) row('k6', rate, await measure(k6.command, env), 'not reported');
  }
}

/** Measures the most memory of runs of different lengths, with their history. */
async function memory(): Promise<void> {
  console.log('\nMemory\n');
  console.log('| requests | most MiB | seconds |');
  console.log('|---|---|---|');
  for (const requests of MEMORY_REQUESTS) {
    const { stdout } = await runOurs({ ITERATIONS: requests });
    const { iterations, rssMiB, elapsedMs } = JSON.parse(stdout);
    console.log(`| ${iterations} | ${whole(rssMiB)} | ${whole(elapsedMs / 1_000)} |`);
  }
}

function runOurs(env: Record<string, string>): Promise<Measured> {
  const loadEnv = Object.fromEntries(
    Object.entries({ ...common, ...env }).map(([name, value]) => [`LOAD_${name}`, value]),
  );
  const script = join(import.meta.dirname, 'ours.js');
  return measure([process.execPath, script, 'bench/load/reserve.ts'], loadEnv);
}

/** Runs a command to its end. The server counts the requests, and bash the CPU time of the command and its children. */
async function measure(command: string[], env: Record<string, string>): Promise<Measured> {
  await count();
  const timed = ['-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bash', ...onCore(1), ...command];
  const child = spawn('bash', timed, { env: { ...process.env, ...env } });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  const cpu = /^cpu ([\d.]+) ([\d.]+)$/m.exec(stderr);
  const { answered, authorized } = await count();
  if (code !== 0 || !cpu || answered === 0 || authorized !== answered) {
    throw new Error(`${command.join(' ')} ended with ${code} after ${answered}:\n${stderr}`);
  }
  return { requests: answered, cpuSeconds: Number(cpu[1]) + Number(cpu[2]), stdout };
}

/** The number of requests that the server has answered since the last call. */
async function count(): Promise<{ answered: number; authorized: number }> {
  server.send('count');
  const [counted] = await once(server, 'message');
  return counted as { answered: number; authorized: number };
}

async function startServer(): Promise<{ server: ChildProcess; base: string }> {
  const [pin, ...pinArguments] = onCore(0);
  const script = join(import.meta.dirname, 'server.js');
  const child = pin
    ? spawn(pin, [...pinArguments, process.execPath, script], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      })
    : fork(script);
  const [message] = await once(child, 'message');
  return { server: child, base: (message as { url: string }).url };
}

/** Creates tokens in the form and size of JWTs. No one verifies them here. */
function bearerTokens(count: number): string[] {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = part({ alg: 'HS256', typ: 'JWT' });
  return Array.from({ length: count }, (_, index) =>
    [
      header,
      part({ sub: `user-${index}`, role: 'buyer', iat: 1_760_000_000, exp: 1_760_003_600 }),
      Buffer.from(`signature of thirty-two bytes ${index}`).toString('base64url').slice(0, 43),
    ].join('.'),
  );
}

function whole(number: number): string {
  return Math.round(number).toLocaleString('en');
}
