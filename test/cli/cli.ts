import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../../src/stack/processes/is-running.ts';
import { commandLineProgram } from '../program.ts';
import { until } from '../until.ts';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Cli {
  process: ChildProcess;
  /** Output so far. */
  stdout(): string;
  stderr(): string;
  ended: Promise<Ended>;
}

/** A folder to run the command line in, with the processes and files of these runs. */
export interface Workplace {
  folder: string;
  /** The folder for temporary files; run folders are in it. */
  temporary: string;
  /** @param input standard input; by default it is empty */
  start(args: string[], env?: Record<string, string>, input?: string): Cli;
  run(args: string[], env?: Record<string, string>): Promise<Ended>;
  /** Run folders that exist now. */
  runFolders(): Promise<string[]>;
  /** Process ids of the PostgreSQL and the servers that were started here and still run. */
  processes(): Promise<number[]>;
  remove(): Promise<void>;
}

/**
 * Creates a folder to run the command line in: as a process, with no environment but what a test gives.
 */
export async function createWorkplace(): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
  const temporary = await mkdtemp(join(tmpdir(), 'flashsale-test-tmp-'));
  // Root runs PostgreSQL as another user, who must be able to enter.
  await chmod(temporary, 0o711);
  const known = new Set<number>();

  async function runFolders(): Promise<string[]> {
    const entries = existsSync(temporary) ? await readdir(temporary) : [];
    return entries
      .filter((entry) => /^flashsale-\w{6}$/.test(entry))
      .map((entry) => join(temporary, entry));
  }

  async function findProcesses(): Promise<void> {
    for (const run of await runFolders()) {
      for (const pid of await pidsIn(run)) known.add(pid);
    }
  }

  const workplace: Workplace = {
    folder,
    temporary,
    start(args, env = {}, input = '') {
      const child = spawn(process.execPath, [...commandLineProgram(), ...args], {
        cwd: folder,
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { PATH: process.env.PATH, HOME: folder, TMPDIR: temporary, ...env },
      });
      child.stdin.end(input);
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text) => {
        stderr += text;
      });
      const ended = once(child, 'close').then(([code, signal]) => ({
        code,
        signal,
        stdout,
        stderr,
      }));
      return { process: child, stdout: () => stdout, stderr: () => stderr, ended };
    },
    run: (args, env) => workplace.start(args, env).ended,
    runFolders,
    async processes() {
      await findProcesses();
      return [...known].filter(isRunning);
    },
    async remove() {
      for (const path of [folder, temporary]) await rm(path, { recursive: true, force: true });
    },
  };
  return workplace;
}

/** Waits until a running command has printed something. */
export async function untilPrinted(cli: Cli, text: string): Promise<void> {
  let over = false;
  void cli.ended.then(() => {
    over = true;
  });
  await until(() => over || cli.stderr().includes(text) || cli.stdout().includes(text));
  if (over && !`${cli.stderr()}${cli.stdout()}`.includes(text)) {
    throw new Error(`it ended without printing ${text}:\n${cli.stderr()}`);
  }
}

/** Process ids in the files that PostgreSQL and the servers write themselves. */
async function pidsIn(runFolder: string): Promise<number[]> {
  const pids: number[] = [];
  const read = (path: string) => readFile(join(runFolder, path), 'utf8').catch(() => '');
  const postgres = Number.parseInt(await read('postgresql/data/postmaster.pid'), 10);
  if (postgres > 0) pids.push(postgres);
  for (const file of await readdir(runFolder).catch(() => [])) {
    if (file.endsWith('.log')) pids.push(...serverPids(await read(file)));
  }
  return pids;
}

const serverPids = (log: string): number[] =>
  log
    .split('\n')
    .filter((line) => line.includes('"msg":"listening"'))
    .map((line) => JSON.parse(line).pid as number);
