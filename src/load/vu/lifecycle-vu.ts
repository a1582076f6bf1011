import { IterationInterrupted } from '../schedule/iteration.ts';
import { callExported, type LoadedScript } from './script.ts';
import type { VirtualUser } from './virtual-user.ts';

/** Calls functions of the script that belong to no iteration: `setup`, `teardown` and `handleSummary`. */
export interface LifecycleVu {
  /**
   * Calls an exported function in a group; resolves with its result when everything it began has ended. Rejects with
   * the error it throws, with IterationInterrupted when interrupted, and when it takes longer than `timeoutMs`.
   */
  call(name: string, argument: unknown, timeoutMs: number, group?: string): Promise<unknown>;
  /** Ends the current call: requests in flight end as unknown, pauses end. */
  interrupt(): void;
  /** The call was dropped where it stood: it rejects with the error. Returns false if none runs. */
  cut(error: Error): boolean;
  /** Closes the connections. */
  retire(): void;
}

/** Runs the script's init code for the VU. Throws what the init code throws. */
export function createLifecycleVu(
  vu: VirtualUser,
  script: Pick<LoadedScript, 'createVu'>,
): LifecycleVu {
  const functions = script.createVu(vu);
  let rejectCall: ((error: Error) => void) | undefined;

  return {
    async call(name, argument, timeoutMs, group = '') {
      vu.group = group;
      let timer: NodeJS.Timeout | undefined;
      const endedEarly = new Promise((_resolve, reject) => {
        rejectCall = reject;
        timer = setTimeout(() => {
          reject(new Error(tooLong(name, timeoutMs)));
          vu.calls.cancelAll();
        }, timeoutMs);
      });
      try {
        const result = await Promise.race([
          // In a turn of its own: code that is dropped where it stands takes nothing of this function with it.
          Promise.resolve().then(() => callExported(functions, name, argument)),
          endedEarly,
        ]);
        await Promise.race([new Promise<void>((idle) => vu.work.whenIdle(idle)), endedEarly]);
        return result;
      } finally {
        clearTimeout(timer);
        rejectCall = undefined;
      }
    },
    interrupt() {
      if (vu.interrupted) return;
      vu.interrupt();
      rejectCall?.(new IterationInterrupted());
    },
    cut(error) {
      const runs = rejectCall !== undefined;
      vu.interrupt();
      rejectCall?.(error);
      return runs;
    },
    retire: () => vu.retire(),
  };
}

/** The option by which a script says how long each of these functions may take. */
const TIMEOUTS: Record<string, string> = {
  setup: 'setupTimeout',
  teardown: 'teardownTimeout',
  handleSummary: 'handleSummaryTimeout',
};

const tooLong = (name: string, timeoutMs: number): string =>
  `${name}() did not end within ${timeoutMs / 1_000} s, which the option ${TIMEOUTS[name]} allows`;
