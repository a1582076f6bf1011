import { setTimeout as delay } from 'node:timers/promises';
import { Router } from 'express';
import type { Clock } from '../../../src/kernel/clock.ts';
import { rootMessage } from '../../../src/kernel/errors.ts';
import type { DependencyHealth, Health } from '../../../src/protocol/health.ts';
import type { Logger } from '../../platform/logging.ts';
import { methodNotAllowed, refuse } from '../response/problem.ts';
import { respond } from '../response/respond.ts';

/** Sends a small request to a dependency; rejects when the dependency does not work. */
export type Probe = () => Promise<unknown>;

/** A service that the server uses. Without a required one the server is down, without another one it is degraded. */
export interface Dependency {
  /** Undefined when the server is not configured to use it. */
  probe: Probe | undefined;
  required: boolean;
}

/**
 * Routes that report the health of this instance.
 *
 * - `/health/live`: the process works. Any answer proves that, so it is always 200.
 * - `/health/startup`: the instance has been ready once.
 * - `/health/ready`: the instance should get requests. It should not while it drains or a required dependency is down.
 * - `/health`: the state of each dependency, for people and dashboards. A `degraded` server still sells.
 */
export function createHealthRoutes(deps: {
  instance: string;
  dependencies: Record<string, Dependency>;
  isDraining(): boolean;
  clock: Clock;
  log: Logger;
  probeTimeoutMs?: number;
}): Router {
  const { instance, isDraining, clock, log, probeTimeoutMs = 2000 } = deps;
  const startedNs = clock.monotonicNs();
  const dependencies = Object.entries(deps.dependencies).map(([name, dependency]) => ({
    name,
    ...dependency,
    examine: shareWhileRunning(() => examine(dependency.probe)),
    wasDown: false,
  }));
  let wasReady = false;
  const router = Router();

  router
    .route('/health/live')
    .get((_req, res) => respond(res, 200, { status: 'live' }))
    .all(methodNotAllowed);

  router
    .route('/health/startup')
    .get(async (_req, res) => {
      wasReady ||= (await findDown()).length === 0;
      if (wasReady) respond(res, 200, { status: 'started' });
      else refuse(res, 'UNAVAILABLE', 'This instance is still starting.');
    })
    .all(methodNotAllowed);

  router
    .route('/health/ready')
    .get(async (_req, res) => {
      if (isDraining()) {
        refuse(res, 'UNAVAILABLE', 'This instance is draining and takes no new work.');
        return;
      }
      const down = await findDown();
      if (down.length === 0) respond(res, 200, { status: 'ready' });
      else refuse(res, 'UNAVAILABLE', `Not working: ${down.join(', ')}.`);
    })
    .all(methodNotAllowed);

  router
    .route('/health')
    .get(async (_req, res) => {
      const examined = await examineAll();
      const down = examined.filter(({ health }) => health.state === 'down');
      const isUp = down.every(({ required }) => !required);
      respond(res, isUp ? 200 : 503, {
        status: isUp ? (down.length === 0 ? 'up' : 'degraded') : 'down',
        instance,
        draining: isDraining(),
        uptimeSeconds: Math.floor((clock.monotonicNs() - startedNs) / 1e9),
        dependencies: Object.fromEntries(examined.map(({ name, health }) => [name, health])),
      } satisfies Health);
    })
    .all(methodNotAllowed);

  return router;

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
      await withinTime(probe(), probeTimeoutMs);
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

async function withinTime(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  const timer = new AbortController();
  const late = delay(timeoutMs, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new Error(`no answer within ${timeoutMs} ms`);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
