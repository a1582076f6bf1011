import type { Request, RequestHandler } from 'express';
import { newId } from '../../src/kernel/ids.ts';
import { createAccounts } from '../accounts/index.ts';
import type { Config } from '../config/config.ts';
import { CALL_ID_ROUTES, HOT_ROUTES } from '../endpoints.ts';
import { boundUploads } from '../http/guards/bound-uploads.ts';
import { createIdempotency } from '../http/guards/idempotency.ts';
import { createIdempotencyStore } from '../http/guards/idempotency-store.ts';
import { createRateLimits } from '../http/guards/rate-limit.ts';
import { readJson } from '../http/request/json-body.ts';
import { countBy } from '../platform/metrics.ts';
import type { Foundation } from './foundation.ts';

/** The lease is longer than any healthy request: waits for a connection, a statement and a payment all end before. */
const IDEMPOTENCY = { keyTtlMs: 86_400_000, leaseMs: 60_000 };

export interface Access {
  accounts: ReturnType<typeof createAccounts>;
  /** Counts requests by their address; absent without limits. */
  limitByIp: RequestHandler | undefined;
  /** Counts a request for a WebSocket by its address; absent without limits. Resolves to the time to wait. */
  waitOf: ((req: Request) => Promise<number | undefined>) | undefined;
  /** Finds the caller, and counts the request against the limits of users and hot routes where there are limits. */
  authenticate: RequestHandler;
  /** Reads a small JSON body. */
  readJson: RequestHandler;
  claimKey: RequestHandler;
  /** Reads a small JSON body, then claims the Idempotency-Key. One handler, because each layer of Express costs time. */
  readJsonAndClaimKey: RequestHandler;
  /** The same for a JSON body in which there may be an image. */
  readUpload: RequestHandler;
  readUploadAndClaimKey: RequestHandler;
}

/** The handlers that stand before the features' own. */
export function composeAccess(foundation: Foundation): Access {
  const { config, pool, redis, clock, log, metrics } = foundation;
  const readSmallJson = readJson(config.bodyLimitBytes);
  const readUpload = readJsonUpload(config);
  const limits =
    config.rateLimits &&
    createRateLimits({
      redis,
      limits: config.rateLimits,
      hotRoutes: HOT_ROUTES,
      onRefused: countBy(metrics.rateLimited),
    });
  const accounts = createAccounts({
    ...config,
    pool,
    redis,
    tokenTtlMs: config.jwtTtlMs,
    readJson: readSmallJson,
    limitRegistrations: limits?.registration,
    clock,
    log,
  });
  const { claimKey, claimKeyAfter } = createIdempotency({
    store: createIdempotencyStore(pool, IDEMPOTENCY),
    newId,
    callIdRoutes: CALL_ID_ROUTES,
  });
  return {
    accounts,
    limitByIp: limits?.byIp,
    waitOf: limits?.waitOf,
    authenticate: limits?.byUserAfter(accounts.authenticate) ?? accounts.authenticate,
    readJson: readSmallJson,
    claimKey,
    readJsonAndClaimKey: claimKeyAfter(readSmallJson),
    readUpload,
    readUploadAndClaimKey: claimKeyAfter(readUpload),
  };
}

/** Bodies with images that are in memory at a time. */
const UPLOADS = { uploadsMax: 4, ofUserMax: 2 };

/** Reads a JSON body in which there may be an image in base64. */
function readJsonUpload({ bodyLimitBytes, imageBytesMax }: Config): RequestHandler {
  const bound = boundUploads({ smallBytes: bodyLimitBytes, ...UPLOADS });
  const read = readJson(bodyLimitBytes + Math.ceil(imageBytesMax / 3) * 4);
  return (req, res, next) => bound(req, res, () => read(req, res, next));
}
