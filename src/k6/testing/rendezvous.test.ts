import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../load/testing/servers.ts';
import { serveEcho } from './echo-server.ts';
import { runScript, runsInThreads } from './run-script.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serveEcho();
});
afterAll(() => server.close());

const GET = `import http from 'k6/http'; import { sleep } from 'k6'; import exec from 'k6/execution';`;

describe('rendezvous', () => {
  const MEET = `${GET} import { rendezvous } from './lib/flashsale.ts';`;

  it.skipIf(runsInThreads())(
    'releases its VUs at one instant, and reports the time between them and how many were in flight at once',
    async () => {
      const { result, log } = await runScript(
        `${MEET} export const options = { vus: 10, iterations: 20, thresholds: { flashsale_rendezvous_in_flight: ['min>=8'] } };
       export default async function () {
         await sleep(0.002 * __VU);
         console.log('came');
         await rendezvous('door', 10);
         console.log('went');
         await http.get(__ENV.BASE);
         await http.get(__ENV.BASE);
       }`,
        { env: { BASE: server.origin } },
      );
      const ten = (word: string) => Array.from({ length: 10 }, () => word);
      expect(log).toEqual([...ten('came'), ...ten('went'), ...ten('came'), ...ten('went')]);
      expect(result.outcomes.sent).toBe(40);
      expect(result.metrics.flashsale_rendezvous_in_flight?.values.max).toBeLessThanOrEqual(10);
      expect(result.metrics.flashsale_rendezvous_skew?.values.min).toBeGreaterThan(0);
      expect(result.thresholds).toMatchObject([{ ok: true }]);
    },
  );

  it('releases the VUs that arrived if the others do not arrive in time, and logs it', async () => {
    const { result, log } = await runScript(
      `${MEET} export const options = { vus: 2, iterations: 2 };
       export default async function () { await rendezvous('door', 3, { timeout: '30ms' }); await http.get(__ENV.BASE); }`,
      { env: { BASE: server.origin } },
    );
    expect(log).toEqual([
      'rendezvous "door": fewer than 3 came within 0.03 s; they go on without the others',
    ]);
    expect(result).toMatchObject({ iterations: 2, outcomes: { sent: 2 } });
  });

  it.skipIf(runsInThreads())('does not keep a run that is stopped', async () => {
    const { result } = await runScript(
      `${MEET} export const options = { scenarios: { s: { executor: 'shared-iterations', gracefulStop: '0s' } } };
       export default async function () { await rendezvous('door', 2); }`,
      { whileRunning: (run) => void setTimeout(() => run.stop('interrupt'), 20) },
    );
    expect(result).toMatchObject({ iterations: 0, interruptedIterations: 1 });
  });

  it.skipIf(runsInThreads())('refuses different sizes for one name, and a size of 0', async () => {
    const { result } = await runScript(
      `${MEET} export const options = { vus: 2, iterations: 2 };
       export default async function () { await rendezvous('door', __VU === 1 ? 2 : 5, { timeout: '20ms' }); }`,
    );
    expect(result.exceptions.first).toEqual([
      expect.stringContaining('waits for 2 VUs and cannot also be one of 5'),
    ]);
    const none = await runScript(
      `${MEET} export default async function () { await rendezvous('door', 0); }`,
    );
    expect(none.result.exceptions.first[0]).toContain('needs the number of VUs');
  });
});
