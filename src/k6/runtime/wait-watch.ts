import type { Vu, WaitWatch } from '../../load/vu/vu.ts';

export function createWaitWatch(vu: Pick<Vu, 'run' | 'interrupted'>): WaitWatch {
  let waiting: string | undefined;

  function assertNothingWaits(doing: string): void {
    if (waiting === undefined || vu.interrupted) return;
    const message = `${nameOf(doing)} came while ${nameOf(waiting)} was still waiting, which blocks in k6: it was called in a way that could not be followed. With "ext: { flashsale: { threads: true } }" in its options, the script runs as in k6`;
    waiting = undefined;
    // The script may catch the error, and the run must fail all the same.
    vu.run.fail(message);
    throw new Error(message);
  }

  return {
    begin(call) {
      assertNothingWaits(call);
      waiting = call;
    },
    end() {
      waiting = undefined;
    },
    assertNothingWaits,
  };
}

/** Requests come with their method alone, because names are made for errors only. */
const nameOf = (call: string): string =>
  /^[A-Z]+$/.test(call) ? `http.${call === 'DELETE' ? 'del' : call.toLowerCase()}()` : call;

/** Waits for a promise of the engine for which k6 blocks; undefined if it has been waited for. */
export function waitWatched<Value>(
  { watch }: Pick<Vu, 'watch'>,
  call: string,
  wait: () => Promise<Value> | undefined,
): Promise<Value> | undefined {
  if (!watch) return wait();
  watch.begin(call);
  const promise = wait();
  return promise?.finally(() => watch.end());
}
