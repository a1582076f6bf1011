import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answersOnly } from '../../src/history/manifest.ts';
import { createHistoryFile } from '../../src/history/recorder.ts';
import { loadScript } from '../../src/k6/script/load-script.ts';
import { WorkerCrew } from '../../src/k6/workers/worker-crew.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { startLoad } from '../../src/load/engine/start-load.ts';
import { referenceTarget } from '../../src/target/reference.ts';

/**
 * `node ours.js SCRIPT`: runs a script in our engine with all its parts, as `flashsale-cli run` does, against any server.
 * Variables that begin with `LOAD_` are the environment of the script; `LOAD_WORKERS` is the number of threads, and
 * `LOAD_WAY=threads` gives each VU one of its own. Prints the result as one line of JSON. A parent with an IPC channel is
 * told the size of the heap every few seconds.
 */
const TELL_HEAP_EVERY_MS = 2_000;
const env = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith('LOAD_') && value !== undefined ? [[name.slice('LOAD_'.length), value]] : [],
  ),
);
const folder = mkdtempSync(join(tmpdir(), 'flashsale-bench-'));
try {
  const way = env.WAY === 'threads' ? 'threads' : undefined;
  const script = await loadScript(process.argv[2] as string, { env, way });
  const history = createHistoryFile(
    join(folder, 'history.ndjson'),
    {
      scenario: script.name,
      target: [env.BASE as string],
      skus: [{ skuId: 'LAMP', total: 1e9 }],
      unitsPerBuyerMax: 1,
      holdTtlMs: 60_000,
      sweepGraceMs: 0,
      refusals: {},
      evidence: answersOnly,
      sellOutExpected: false,
      startedAtMs: systemClock.nowMs(),
      startedAtNs: systemClock.monotonicNs(),
    },
    systemClock,
  );
  const workers = Number(env.WORKERS ?? 1);
  const common = { script, env, target: referenceTarget, history, clock: systemClock };
  const run = startLoad({
    ...common,
    ...(workers > 1 && {
      crew: (reports) => new WorkerCrew({ ...common, workers, optionsEnv: env, folder }, reports),
    }),
  });
  setInterval(() => {
    if (process.connected) process.send?.({ heapBytes: process.memoryUsage().heapUsed });
  }, TELL_HEAP_EVERY_MS).unref();
  const { iterations, outcomes, generator, elapsedMs, metrics } = await run.result;
  await history.close();
  console.log(
    JSON.stringify({
      iterations,
      outcomes,
      generator,
      elapsedMs,
      rssMiB: process.resourceUsage().maxRSS / 1_024,
      latenessMsP99: metrics.flashsale_iteration_lateness?.values['p(99)'],
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
