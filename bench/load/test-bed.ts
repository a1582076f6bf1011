import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The place where load generators are measured: one trivial server on the first core, which counts the requests; the generator runs
 * on the second.
 */
export interface TestBed {
  /** Folder with the generators that are not on PATH. */
  toolsFolder: string;
  /** The environment of every generator. */
  common: Record<'BASE' | 'TOKENS' | 'CONNECTIONS', string>;
  /** Runs a command to its end. The server counts the requests, and bash the CPU time of the command and its children. */
  measure(command: string[], env: Record<string, string>): Promise<Measured>;
  /** Runs our engine with all its parts. */
  measureOurs(env: Record<string, string>): Promise<Measured>;
}

export interface Measured {
  requests: number;
  cpuSeconds: number;
  stdout: string;
}

export const CONNECTIONS = 64;

export async function withTestBed<T>(work: (bed: TestBed) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'flashsale-bench-'));
  const tokensFile = join(folder, 'tokens.txt');
  writeFileSync(tokensFile, bearerTokens(10_000).join('\n'));
  const { server, base } = await startServer();
  try {
    return await work(createTestBed(server, base, tokensFile));
  } finally {
    server.disconnect();
    rmSync(folder, { recursive: true });
  }
}

function createTestBed(server: ChildProcess, base: string, tokensFile: string): TestBed {
  const common = { BASE: base, TOKENS: tokensFile, CONNECTIONS: String(CONNECTIONS) };
  const bed: TestBed = {
    common,
    toolsFolder: process.env.LOAD_TOOLS ?? join(tmpdir(), 'flashsale-load-tools'),
    async measure(command, env) {
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
    },
    measureOurs: (env) => bed.measure(OURS, forScript({ ...common, ...env })),
  };
  return bed;

  /** The number of requests that the server has answered since the last call. */
  async function count(): Promise<{ answered: number; authorized: number }> {
    server.send('count');
    const [counted] = await once(server, 'message');
    return counted as { answered: number; authorized: number };
  }
}

/** Our engine with the script of the bench, in a heap like that of the threads that run a load. */
export const OURS = [
  process.execPath,
  '--max-semi-space-size=32',
  join(import.meta.dirname, 'load/ours.js'),
  'bench/load/reserve.ts',
];

/** Variables for the script that our engine runs. */
export const forScript = (env: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).map(([name, value]) => [`LOAD_${name}`, value]));

async function startServer(): Promise<{ server: ChildProcess; base: string }> {
  const [pin, ...pinArguments] = onCore(0);
  const script = join(import.meta.dirname, 'load/server.js');
  const child = pin
    ? spawn(pin, [...pinArguments, process.execPath, script], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      })
    : fork(script);
  const [message] = await once(child, 'message');
  return { server: child, base: (message as { url: string }).url };
}

/** The prefix that pins a command to one core, so that server and generator use different cores. Empty without `taskset`. */
export function onCore(core: number): string[] {
  const there = spawnSync('taskset', ['--version']).status === 0;
  return there ? ['taskset', '-c', String(core)] : [];
}

/** Creates tokens in the form and size of JWTs. No one verifies them here. */
export function bearerTokens(count: number): string[] {
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
