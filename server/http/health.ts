import { setTimeout as delay } from 'node:timers/promises';
import { Router } from 'express';
import type { Clock } from '../../src/kernel/clock.ts';
import { rootMessage } from '../../src/kernel/errors.ts';
import { methodNotAllowed, refuse } from './problem.ts';
import { respond } from './respond.ts';

/** Asks a dependency something small; rejects when it does not work. */
export type Probe = () => Promise<unknown>;

/** A dependency's state. `error` says what went wrong, in the words of the driver. */
export interface DependencyHealth {
  state: 'up' | 'down';
  latencyMs: number;
  error?: string;
}

/**
 * Three questions with different consequences. `/health/live`: is the process worth keeping (it answers, so yes).
 * `/health/ready`: should it get requests now; no while it drains or a dependency is down. `/health`: how is each
 * dependency, for people and dashboards. A further dependency is one more probe.
 */
export function createHealthRoutes(deps: {
  instance: string;
  probes: Record<string, Probe>;
  isDraining(): boolean;
  clock: Clock;
  probeTimeoutMs?: number;
}): Router {
  const { instance, isDraining, clock, probeTimeoutMs = 2000 } = deps;
  const startedNs = clock.monotonicNs();
  const probes = Object.entries(deps.probes).map(
    ([name, probe]) => [name, shareWhileRunning(() => examine(probe))] as const,
  );
  const router = Router();

  router
    .route('/health/live')
    .get((_req, res) => respond(res, 200, { status: 'live' }))
    .all(methodNotAllowed);

  router
    .route('/health/ready')
    .get(async (_req, res) => {
      if (isDraining()) {
        refuse(res, 'UNAVAILABLE', 'This instance is draining and takes no new work.');
        return;
      }
      const down = Object.entries(await examineAll()).filter(([, { state }]) => state === 'down');
      if (down.length === 0) respond(res, 200, { status: 'ready' });
      else refuse(res, 'UNAVAILABLE', `Not working: ${down.map(([name]) => name).join(', ')}.`);
    })
    .all(methodNotAllowed);

  router
    .route('/health')
    .get(async (_req, res) => {
      const dependencies = await examineAll();
      const up = Object.values(dependencies).every(({ state }) => state === 'up');
      respond(res, up ? 200 : 503, {
        status: up ? 'up' : 'down',
        instance,
        draining: isDraining(),
        uptimeSeconds: Math.floor((clock.monotonicNs() - startedNs) / 1e9),
        dependencies,
      });
    })
    .all(methodNotAllowed);

  return router;

  async function examineAll(): Promise<Record<string, DependencyHealth>> {
    const found = await Promise.all(probes.map(async ([name, look]) => [name, await look()]));
    return Object.fromEntries(found);
  }

  async function examine(probe: Probe): Promise<DependencyHealth> {
    const askedNs = clock.monotonicNs();
    const latencyMs = () => Math.round((clock.monotonicNs() - askedNs) / 1e4) / 100;
    try {
      await withinTime(probe(), probeTimeoutMs);
      return { state: 'up', latencyMs: latencyMs() };
    } catch (error) {
      return { state: 'down', latencyMs: latencyMs(), error: rootMessage(error) };
    }
  }
}

/** Callers that come while the question is being asked share its answer: health must not become load. */
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
