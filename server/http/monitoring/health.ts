import type { Router } from 'express';
import type { Clock } from '../../../src/kernel/clock.ts';
import type { Health } from '../../../src/protocol/health.ts';
import type { Logger } from '../../platform/logging.ts';
import { methodNotAllowed, refuse } from '../response/problem.ts';
import { respond } from '../response/respond.ts';
import { createRouter } from '../router.ts';
import { createDependencyProbes, type Dependency } from './dependencies.ts';

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
  const { instance, dependencies, isDraining, clock, log, probeTimeoutMs = 2000 } = deps;
  const startedNs = clock.monotonicNs();
  const probes = createDependencyProbes({ dependencies, clock, log, timeoutMs: probeTimeoutMs });
  let wasReady = false;
  const router = createRouter();

  router
    .route('/health/live')
    .get((_req, res) => respond(res, 200, { status: 'live' }))
    .all(methodNotAllowed);

  router
    .route('/health/startup')
    .get(async (_req, res) => {
      wasReady ||= (await probes.findDown()).length === 0;
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
      const down = await probes.findDown();
      if (down.length === 0) respond(res, 200, { status: 'ready' });
      else refuse(res, 'UNAVAILABLE', `Not working: ${down.join(', ')}.`);
    })
    .all(methodNotAllowed);

  router
    .route('/health')
    .get(async (_req, res) => {
      const examined = await probes.examineAll();
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
}
