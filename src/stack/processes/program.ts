import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { Resource } from '../resource.ts';
import { findFreePort } from './free-port.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import type { ProgramOrder, ProgramReport } from './program-keeper.ts';

/** A program with its arguments, environment and user. */
export type CommandLine = Pick<ProgramOrder, 'file' | 'args' | 'env' | 'runAs'>;

export type RunToEnd = (command: CommandLine) => Promise<void>;

export interface ProgramOptions {
  /** Name shown to the user: "PostgreSQL", "Redis". */
  name: string;
  /** The run's folder. It gets the program's log and, in a subfolder `folderName`, its data. */
  folder: string;
  folderName: string;
  /** True leaves the data where they are when the program stops. */
  keepData: boolean;
  /**
   * Finds the program and writes the files it needs, before the program is started for the first time. `run` has a command
   * run to its end; it throws a UserError (environment) when the command fails.
   */
  prepare(run: RunToEnd): Promise<void>;
  /** The command that listens on a port of the loopback interface; called before every start. */
  serve(port: number): CommandLine | Promise<CommandLine>;
  /** Text that the program prints once it can be used. */
  readyWhen: string;
  /** Text that the program prints when another process listens on its port. */
  portTakenWhen: string;
  /** Absent: a free port. */
  port?: number;
  stopSignal: NodeJS.Signals;
  /** Signal that `kill` sends; absent: SIGKILL. */
  killSignal?: NodeJS.Signals;
  /** Selects the lines of a failed program's output that an error quotes. */
  isComplaint(line: string): boolean;
  /** Advice to the user when the program does not start. */
  next: string;
  /** Called with the reason when the program ends although this process did not end it. */
  onDeath?(why: string): void;
}

/** A running program that is not ours. Tests of faults kill it and bring it back. */
export interface Program {
  port: number;
  /** Its process id; undefined while it is killed. */
  pid(): number | undefined;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on its port with its data; one that runs is killed first. */
  restart(): Promise<void>;
}

const STARTS_MAX = 3;

/**
 * A program that is not ours and listens on a port of the loopback interface. It is never left behind: it runs under a
 * small process of its own, the keeper, which stops it when this process ends, even by `kill -9`. If the keeper is
 * killed, this process ends the program.
 */
export function createProgram(options: ProgramOptions): Resource<Program> {
  const { name, keepData, killSignal = 'SIGKILL', onDeath } = options;
  const home = join(options.folder, options.folderName);
  const keeper = createKeeper({ killSignal, onDeath });
  const launcher = createLauncher(options, keeper, home);
  let isHomeMade = false;
  let starting: Promise<number> | undefined;

  async function start(): Promise<number> {
    await mkdir(home, { recursive: true });
    isHomeMade = true;
    await launcher.prepare();
    return launcher.serveOnFreePort();
  }

  return {
    name,
    async start() {
      starting = start();
      try {
        const port = await starting;
        return {
          port,
          pid: keeper.pid,
          kill: keeper.kill,
          async restart() {
            await keeper.kill();
            await launcher.serve(port);
          },
        };
      } catch (error) {
        throw error instanceof UserError ? error : launcher.failed(rootMessage(error), error);
      }
    },
    async stop() {
      await keeper.stop();
      await starting?.catch(() => {});
      if (isHomeMade && !keepData) await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Starts one program through its keeper, and turns failures into errors for the user. */
function createLauncher(options: ProgramOptions, keeper: Keeper, home: string) {
  const failed = (why: string, cause?: unknown): UserError =>
    UserError.environment(`${options.name} did not start`, { why, next: options.next, cause });

  const explain = ({ why, output }: { why: string; output: string }): string =>
    [why, ...output.split('\n').filter(options.isComplaint).slice(-2)].join('; ');

  const portTaken = (port: number) => failed(`another process listens on port ${port}`);

  const run = (command: CommandLine, readyWhen?: string): Promise<ProgramReport> =>
    keeper.run({
      ...command,
      cwd: home,
      readyWhen,
      logFile: `${home}.log`,
      stopSignal: options.stopSignal,
      orphanedFolder: options.keepData ? undefined : options.folder,
    });

  async function tryToServe(port: number): Promise<'ready' | 'port taken'> {
    const report = await run(await options.serve(port), options.readyWhen);
    if (report.type === 'ready') return 'ready';
    if (report.output.includes(options.portTakenWhen)) return 'port taken';
    throw failed(explain(report));
  }

  return {
    failed,
    prepare: () =>
      options.prepare(async (command) => {
        const report = await run(command);
        if (report.type === 'ended' && !report.ok) throw failed(explain(report));
      }),
    async serve(port: number): Promise<void> {
      if ((await tryToServe(port)) === 'port taken') throw portTaken(port);
    },
    /** Tries several ports, because another process may take a free port before the program listens on it. */
    async serveOnFreePort(): Promise<number> {
      let port = 0;
      const startsMax = options.port === undefined ? STARTS_MAX : 1;
      for (let starts = 1; starts <= startsMax; starts += 1) {
        port = options.port ?? (await findFreePort());
        if ((await tryToServe(port)) === 'ready') return port;
      }
      throw portTaken(port);
    },
  };
}
