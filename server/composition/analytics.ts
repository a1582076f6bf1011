import { createAnalytics } from '../analytics/index.ts';
import type { Caches } from '../platform/cache.ts';
import type { Access } from './access.ts';
import type { Foundation } from './foundation.ts';

export type Analytics = ReturnType<typeof createAnalytics>;

export const composeAnalytics = (
  { config, pool, reader, metrics, nowMs }: Foundation,
  { authenticate, readJson }: Access,
  caches: Caches,
): Analytics =>
  createAnalytics({
    ...{ config, pool, reader, caches, authenticate, readJson, nowMs },
    onTracked: (outcome, tracks) => metrics.tracks.inc({ outcome }, tracks),
    onWaiting: (tracks) => metrics.tracksWaiting.set(tracks),
  });
