import type { Clock } from '../../../src/kernel/clock.ts';
import { rootMessage } from '../../../src/kernel/errors.ts';
import type { DependencyHealth } from '../../../src/protocol/health.ts';
import type { Logger } from '../../platform/logging.ts';
import { withinTime } from '../../platform/within-time.ts';

/** Sends a small request to a dependency; rejects when the dependency does not work. */
export type Probe = () => Promise<unknown>;

/** A service that the server uses. Without a required one the server is down, without another one it is degraded. */
export interface Dependency {
  /** Undefined when the server is not configured to use it. */
  probe: Probe | undefined;
  required: boolean;
}

/** Probes the dependencies of the server, and logs when one goes down or comes back. */
export function createDependencyProbes(deps: {
  dependencies: Record<string, Dependency>;
  clock: Clock;
  log: Logger;
  timeoutMs: number;
}) {
  const { clock, log, timeoutMs } = deps;
  const dependencies = Object.entries(deps.dependencies).map(([name, dependency]) => ({
    name,
    ...dependency,
    examine: shareWhileRunning(() => examine(dependency.probe)),
    wasDown: false,
  }));

  return { examineAll, findDown };

  /** The names of the required dependencies that do not work. */
  async function findDown(): Promise<string[]> {
    return (await examineAll())
      .filter(({ required, health }) => required && health.state === 'down')
      .map(({ name }) => name);
  }

  function examineAll() {
    return Promise.all(
      dependencies.map(async (dependency) => {
        const health = await dependency.examine();
        logChange(dependency, health);
        return { ...dependency, health };
      }),
    );
  }

  async function examine(probe: Probe | undefined): Promise<DependencyHealth> {
    if (probe === undefined) return { state: 'not_configured' };
    const askedNs = clock.monotonicNs();
    const latencyMs = () => Math.round((clock.monotonicNs() - askedNs) / 1e4) / 100;
    try {
      await withinTime(probe(), timeoutMs);
      return { state: 'up', latencyMs: latencyMs() };
    } catch (error) {
      return { state: 'down', latencyMs: latencyMs(), error: rootMessage(error) };
    }
  }

  function logChange(dependency: (typeof dependencies)[number], health: DependencyHealth): void {
    const isDown = health.state === 'down';
    if (isDown === dependency.wasDown) return;
    dependency.wasDown = isDown;
    const about = { dependency: dependency.name, ...health };
    if (isDown) log.warn(about, 'a dependency is down');
    else log.info(about, 'a dependency is up again');
  }
}

/** Calls while one is running share its result, so that many health checks do not put load on the dependency. */
function shareWhileRunning<T>(ask: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= ask().finally(() => {
      running = undefined;
    });
    return running;
  };
}
