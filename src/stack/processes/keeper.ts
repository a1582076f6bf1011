import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { forkScript, hasExited } from './fork-script.ts';
import type { ProgramOrder, ProgramReport } from './program-keeper.ts';

/** The keeper process of one program, as the process that started it sees it. */
export interface Keeper {
  /** Process id of the program; undefined while it does not run. */
  pid(): number | undefined;
  /** Has the keeper run a program. Resolves when the program is ready, or has ended. */
  run(order: ProgramOrder): Promise<ProgramReport>;
  /** Ends the program as a crash would; the keeper stays. */
  kill(): Promise<void>;
  /** Stops the program and the keeper. */
  stop(): Promise<void>;
}

/** Creates a keeper; its process starts with the first order. */
export function createKeeper(options: {
  /** Signal that `kill` sends to the program. */
  killSignal: NodeJS.Signals;
  /** Called with the reason when the program ends although this process did not end it. */
  onDeath?(why: string): void;
}): Keeper {
  const { killSignal, onDeath } = options;
  let keeper: ChildProcess | undefined;
  let pid: number | undefined;
  let stopped = false;
  /** Resolves the promise of the caller that waits for the next report. */
  let resolveReport: ((report: ProgramReport) => void) | undefined;

  function receive(report: ProgramReport): void {
    pid = report.type === 'ready' ? report.pid : undefined;
    const resolve = resolveReport;
    resolveReport = undefined;
    if (resolve !== undefined) resolve(report);
    else if (report.type === 'ended' && !stopped) onDeath?.(report.why);
  }

  const nextReport = () =>
    new Promise<ProgramReport>((resolve) => {
      resolveReport = resolve;
    });

  function startKeeper(): ChildProcess {
    const child = forkScript('src/stack/processes/program-keeper.ts', {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.on('message', receive);
    child.once('exit', (code, signal) => {
      // A keeper that was killed leaves a program that no other process would end.
      sendKill();
      receive(
        ended(stopped ? 'it was stopped' : `its keeper ended with ${signal ?? `code ${code}`}`),
      );
    });
    return child;
  }

  function sendKill(): void {
    try {
      if (pid !== undefined) process.kill(pid, killSignal);
    } catch {
      // The program has ended already.
    }
  }

  return {
    pid: () => pid,
    async run(order) {
      if (stopped) return ended('it was stopped');
      keeper ??= startKeeper();
      if (hasExited(keeper)) return ended('its keeper is gone');
      const report = nextReport();
      keeper.send(order, () => {});
      return report;
    },
    async kill() {
      if (pid === undefined) return;
      const report = nextReport();
      sendKill();
      await report;
    },
    async stop() {
      stopped = true;
      if (keeper === undefined || hasExited(keeper)) return;
      const exited = once(keeper, 'exit');
      if (keeper.connected) keeper.send('stop', () => {});
      await exited;
    },
  };
}

const ended = (why: string): ProgramReport => ({ type: 'ended', ok: false, why, output: '' });
