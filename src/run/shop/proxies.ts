import { describeProxyReport } from '../../stack/proxy/describe-report.ts';
import { createProxy } from '../../stack/proxy/proxy.ts';
import type { NamedTargetFile } from '../../target/file/read-target-file.ts';
import type { RunDeps } from '../context.ts';

/** Describes what each proxy of a run did, one sentence each. */
export type DescribeProxies = () => string[];

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
