import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { Resource } from '../resource.ts';
import { forkScript, hasExited } from './fork-script.ts';
import { findFreePort } from './free-port.ts';
import type { ProgramOrder, ProgramReport } from './program-keeper.ts';

/** One way to run a program: what an order needs to know of it. */
export type CommandLine = Pick<ProgramOrder, 'file' | 'args' | 'env' | 'runAs'>;

export interface ProgramOptions {
  /** For people: "PostgreSQL", "Redis". */
  name: string;
  /** The run's folder, for its log and, in a folder of its own named `folderName`, its data. */
  folder: string;
  folderName: string;
  /** Whether the data stay when it stops. */
  keepData: boolean;
  /**
   * Finds the program and writes the files it needs; what it answers runs to its end before the program is started for
   * the first time.
   */
  prepare(): Promise<CommandLine | undefined>;
  /** How to start it, listening on a port of the loopback interface; asked again before every start. */
  serve(port: number): CommandLine | Promise<CommandLine>;
  /** What it prints once it can be used. */
  readyWhen: string;
  /** What it prints when somebody else listens on its port. */
  portTakenWhen: string;
  /** Absent: a free one. */
  port?: number;
  stopSignal: NodeJS.Signals;
  /** What `kill` sends; absent: SIGKILL. */
  killSignal?: NodeJS.Signals;
  /** Lines worth quoting of what it prints before it fails. */
  isComplaint(line: string): boolean;
  /** What to do when it does not start. */
  next: string;
  /** Told when it ends although nobody here ended it. */
  onDeath?(why: string): void;
}

/** An external program that runs; for tests of faults it can be ended without warning and brought back. */
export interface Program {
  port: number;
  /** Its process; undefined while it is killed. */
  pid(): number | undefined;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it (again) with its data on its port. */
  restart(): Promise<void>;
}

const STARTS_MAX = 3;

/**
 * An external program that listens on a port of the loopback interface. It is never left behind: it runs under a small
 * process of its own, the keeper, which stops it when this process ends, even by `kill -9`; and when the keeper is
 * killed, this process ends the program.
 */
export function createProgram(options: ProgramOptions): Resource<Program> {
  const { name, folder, keepData, killSignal = 'SIGKILL' } = options;
  const home = join(folder, options.folderName);
  let isHomeMade = false;
  let keeper: ChildProcess | undefined;
  let pid: number | undefined;
  let starting: Promise<number> | undefined;
  let stopped = false;
  /** Whoever waits for the keeper's next report. */
  let hear: ((report: ProgramReport) => void) | undefined;

  function receive(report: ProgramReport): void {
    pid = report.type === 'ready' ? report.pid : undefined;
    const waiting = hear;
    hear = undefined;
    if (waiting !== undefined) waiting(report);
    else if (report.type === 'ended' && !stopped) options.onDeath?.(report.why);
  }

  const nextReport = () =>
    new Promise<ProgramReport>((resolve) => {
      hear = resolve;
    });

  function startKeeper(): ChildProcess {
    const child = forkScript('src/stack/processes/program-keeper.ts', {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', receive);
    child.once('exit', (code, signal) => {
      // Killed, it leaves a program that nobody else would end.
      sendKill();
      const why = stopped ? 'it was stopped' : `its keeper ended with ${signal ?? `code ${code}`}`;
      receive({ type: 'ended', ok: false, why, output: '' });
    });
    return child;
  }

  function sendKill(): void {
    try {
      if (pid !== undefined) process.kill(pid, killSignal);
    } catch {
      // It is gone already.
    }
  }

  /** Resolves when the program is ready, or has ended. */
  async function run(command: CommandLine, readyWhen?: string): Promise<ProgramReport> {
    if (stopped) throw failed('it was stopped');
    keeper ??= startKeeper();
    if (hasExited(keeper)) throw failed('its keeper is gone');
    const order: ProgramOrder = {
      ...command,
      cwd: home,
      readyWhen,
      logFile: `${home}.log`,
      stopSignal: options.stopSignal,
      orphanedFolder: keepData ? undefined : folder,
    };
    const report = nextReport();
    keeper.send(order, () => {});
    return report;
  }

  /** @throws UserError (environment) when it ends before it is ready */
  async function serve(port: number): Promise<'ready' | 'port taken'> {
    const report = await run(await options.serve(port), options.readyWhen);
    if (report.type === 'ready') return 'ready';
    if (report.output.includes(options.portTakenWhen)) return 'port taken';
    throw failed(explain(report));
  }

  const explain = ({ why, output }: { why: string; output: string }): string =>
    [why, ...output.split('\n').filter(options.isComplaint).slice(-2)].join('; ');

  const failed = (why: string, cause?: unknown): UserError =>
    UserError.environment(`${name} did not start`, { why, next: options.next, cause });

  const portTaken = (port: number) => failed(`another process listens on port ${port}`);

  async function start(): Promise<number> {
    await mkdir(home, { recursive: true });
    isHomeMade = true;
    const preparation = await options.prepare();
    if (preparation !== undefined) {
      const report = await run(preparation);
      if (report.type === 'ended' && !report.ok) throw failed(explain(report));
    }
    let port = 0;
    // A free port is anybody's until somebody listens on it.
    for (let starts = 1; starts <= STARTS_MAX; starts += 1) {
      port = options.port ?? (await findFreePort());
      if ((await serve(port)) === 'ready') return port;
      if (options.port !== undefined) break;
    }
    throw portTaken(port);
  }

  async function kill(): Promise<void> {
    if (pid === undefined) return;
    const ended = nextReport();
    sendKill();
    await ended;
  }

  return {
    name,
    async start() {
      starting = start();
      try {
        const port = await starting;
        return {
          port,
          pid: () => pid,
          kill,
          async restart() {
            await kill();
            if ((await serve(port)) === 'port taken') throw portTaken(port);
          },
        };
      } catch (error) {
        throw error instanceof UserError ? error : failed(rootMessage(error), error);
      }
    },
    async stop() {
      stopped = true;
      if (keeper !== undefined && !hasExited(keeper)) {
        const exited = once(keeper, 'exit');
        if (keeper.connected) keeper.send('stop', () => {});
        await exited;
      }
      await starting?.catch(() => {});
      if (isHomeMade && !keepData) await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
