import { describeProxyReport } from '../../stack/proxy/describe-report.ts';
import { createProxy } from '../../stack/proxy/proxy.ts';
import type { NamedTargetFile } from '../../target/file/read-target-file.ts';
import type { RunDeps } from '../context.ts';
import { waitForAnswers } from './health.ts';

/** Describes what each proxy of a run did, one sentence each. */
export type DescribeProxies = () => string[];

const READY_WITHIN_MS = 60_000;

/**
 * Starts the proxies of a target file and waits until the shop is ready: with proxies it may have to be started after them.
 *
 * @throws UserError (environment) when it is not ready
 */
export async function reachShop(
  file: NamedTargetFile,
  deps: Pick<RunDeps, 'scope' | 'onEvent' | 'signal'>,
  readyWithinMs = READY_WITHIN_MS,
): Promise<DescribeProxies> {
  const { signal, onEvent } = deps;
  const proxies = await startProxies(file, deps);
  const names = Object.values(file.proxies).map(({ listen }) => listen);
  await waitForAnswers(file, {
    ...{ signal, withinMs: names.length === 0 ? 0 : readyWithinMs },
    onWaiting() {
      if (names.length === 0) return;
      const line = `the proxy listens on ${names.join(', ')}, and the shop is not ready; waiting for it, so start it now`;
      onEvent({ type: 'log', line });
    },
  });
  return proxies;
}

/** Starts the proxies of a target file, which widen the races of the shop behind them. */
export async function startProxies(
  { proxies: plans }: Pick<NamedTargetFile, 'proxies'>,
  { scope, onEvent }: Pick<RunDeps, 'scope' | 'onEvent'>,
): Promise<DescribeProxies> {
  const proxies = Object.entries(plans).map(([name, { listen, to, widen }]) => ({
    name,
    proxy: createProxy({
      ...{ listen, to, widenMs: widen },
      onTrouble: (sentence) => onEvent({ type: 'log', line: `proxy ${name}: ${sentence}` }),
    }),
  }));
  await scope.startAll(proxies.map(({ proxy }) => proxy));
  return () =>
    proxies.map(({ name, proxy }) => `proxy ${name}: ${describeProxyReport(proxy.report())}`);
}
