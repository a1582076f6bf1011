import { createCookieJar } from '../../load/http/cookie-jar.ts';
import { createCheckCounts } from '../../load/metrics/checks.ts';
import type { Metrics } from '../../load/metrics/metrics.ts';
import type { Vu } from '../../load/vu/vu.ts';

/** Creates a VU for reading options: init code runs in it, but there is no run that it could act in. */
export function createReaderVu(env: Record<string, string>, metrics: Metrics): Vu {
  const nothing = (): void => {};
  return {
    id: 0,
    env: { ...env },
    initializing: true,
    isReader: true,
    currentIteration: undefined,
    interrupted: false,
    iterationCount: 0,
    group: '',
    tags: {},
    expectedStatus: null,
    random: Math.random,
    cookies: createCookieJar(() => 0),
    calls: { send: nothing, sendBeside: nothing, cancelAll: nothing, close: nothing },
    metrics,
    checks: createCheckCounts(),
    http: {
      userAgent: '',
      redirectsMax: 0,
      discardResponseBodies: false,
      throwOnFailure: false,
      insecureSkipTlsVerify: false,
      hosts: {},
      keepConnections: 'always',
      batchMax: 1,
      batchPerHostMax: 1,
      keepCookies: false,
    },
    run: {
      elapsedMs: () => 0,
      iterationsCompleted: () => 0,
      iterationsInterrupted: () => 0,
      vusActive: () => 0,
      vusInitialized: () => 0,
      options: {},
      abort: nothing,
      fail: nothing,
    },
    began: nothing,
    ended: nothing,
    pause: () => Promise.resolve(),
    openSocket: () => ({ send: nothing, ping: nothing, close: nothing, leave: nothing }),
    meet: () => Promise.resolve(),
    release: undefined,
    watch: undefined,
    ready: undefined,
    onGone: undefined,
    after: () => () => false,
    awaiting: (promise) => promise,
    log: nothing,
    tag: () => undefined,
    allTags: () => ({}),
  };
}
