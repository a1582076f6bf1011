import { systemClock } from '../../kernel/clock.ts';
import { referenceTarget } from '../../target/reference.ts';
import { createTally } from '../metrics/tally.ts';
import { createRendezvous } from '../rendezvous/rendezvous.ts';
import { WHOLE } from '../schedule/share.ts';
import type { LoadedScript } from '../vu/script.ts';
import { createVuFactory } from '../vu/vu-factory.ts';
import { createMemoryHistory } from './memory-history.ts';

/** The VUs of a script in one thread, and the tally that counts them. */
export function createTestVus(script: LoadedScript, { setupData = undefined as unknown } = {}) {
  const tally = createTally(script.options, {
    describeError: script.describeError,
    log: () => {},
    observe: undefined,
  });
  const vus = createVuFactory({
    script,
    env: { BASE: 'http://one' },
    target: referenceTarget,
    history: createMemoryHistory(),
    clock: { ...systemClock, monotonicNs: () => Date.now() * 1e6 },
    log: () => {},
    tally,
    run: {
      elapsedMs: () => 0,
      iterationsCompleted: () => tally.counts.iterations,
      iterationsInterrupted: () => tally.counts.interrupted,
      vusActive: () => tally.counts.vusActive,
      vusInitialized: () => tally.counts.vusMade,
      options: {},
      abort: () => {},
      fail: () => {},
    },
    share: WHOLE,
    rendezvous: createRendezvous({ now: () => 0, log: () => {}, onReleased: () => {} }),
    setupData: () => (setupData === undefined ? undefined : JSON.stringify(setupData)),
  });
  return { vus, tally };
}
