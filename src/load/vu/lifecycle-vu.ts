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
          reject(new Error(`${name}() did not end within ${timeoutMs / 1_000} s`));
          vu.calls.cancelAll();
        }, timeoutMs);
      });
      try {
        const result = await Promise.race([callExported(functions, name, argument), endedEarly]);
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
    retire: () => vu.retire(),
  };
}
