import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answersOnly } from '../../src/history/manifest.ts';
import { createHistoryFile } from '../../src/history/recorder.ts';
import { loadScript } from '../../src/k6/script/load-script.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { startLoad } from '../../src/load/engine/start-load.ts';
import { referenceTarget } from '../../src/target/reference.ts';

/**
 * `node ours.js SCRIPT`: runs a script in our engine with all its parts, as `flashsale-cli run` does, against any server.
 * Variables that begin with `LOAD_` are the environment of the script. Prints the result as one line of JSON.
 */
const env = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith('LOAD_') && value !== undefined ? [[name.slice('LOAD_'.length), value]] : [],
  ),
);
const folder = mkdtempSync(join(tmpdir(), 'flashsale-bench-'));
try {
  const script = await loadScript(process.argv[2] as string, { env });
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
  const run = startLoad({ script, env, target: referenceTarget, history, clock: systemClock });
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
