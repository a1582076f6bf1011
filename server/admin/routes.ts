import type { RequestHandler, Router } from 'express';
import type { Pool } from 'pg';
import * as z from 'zod';
import { ADMIN_ROLE, type SeededUsers, SeedProducts, SeedUsers } from '../../src/protocol/admin.ts';
import { SkuId } from '../../src/protocol/products.ts';
import { requireRole } from '../http/guards/authenticate.ts';
import { readJson, refuseRepeated, validate } from '../http/request/json-body.ts';
import type { Caller } from '../http/request/request.ts';
import { noStore } from '../http/response/no-store.ts';
import { methodNotAllowed, refuse } from '../http/response/problem.ts';
import { respond, startStream } from '../http/response/respond.ts';
import { createRouter } from '../http/router.ts';
import type { Logger } from '../platform/logging.ts';
import { describeEvidence, type LedgerSources, streamLedger } from './ledger-stream.ts';
import { putProducts } from './products.ts';
import { type StreamLimits, sendStream } from './send-stream.ts';
import { putUsers } from './users.ts';

/** The size of ten thousand products. Only a caller with the admin role may send this much. */
const BODY_LIMIT_BYTES = 8_000_000;

export const LedgerQuery = z.strictObject({ sku: SkuId.optional() });

export interface AdminDeps extends LedgerSources {
  /** Ledgers are read over these connections. */
  ledgerPool: Pool;
  streamLimits: StreamLimits;
  openSessions(callers: Caller[]): Promise<string[]>;
  newId(): string;
  authenticate: RequestHandler;
  log: Logger;
}

export function createAdminRoutes(deps: AdminDeps): Router {
  const { pool, ledgerPool, streamLimits, authenticate, log } = deps;
  const adminOnly = requireRole(ADMIN_ROLE);
  const readLargeJson = readJson(BODY_LIMIT_BYTES);
  const router = createRouter();

  router
    .route('/api/v1/admin/products')
    .put(authenticate, adminOnly, readLargeJson, async (req, res) => {
      const { products } = validate(SeedProducts, req.body);
      refuseRepeated('products', 'skuId', products);
      const put = await putProducts(pool, products);
      if ('takenId' in put) {
        refuse(
          res,
          'SOLD_ANOTHER_WAY',
          `${put.takenId} is the id of a campaign or of tickets; choose another.`,
        );
      } else respond(res, 200, put);
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/admin/users')
    .put(noStore, authenticate, adminOnly, readLargeJson, async (req, res) => {
      const put = await putUsers(deps, validate(SeedUsers, req.body));
      if (put.outcome === 'seeded') respond(res, 200, { users: put.users } satisfies SeededUsers);
      else
        refuse(res, 'USERNAME_TAKEN', `${put.username} is somebody else; choose another prefix.`);
    })
    .all(methodNotAllowed);

  router
    .route('/api/v1/admin/evidence')
    .get(noStore, authenticate, adminOnly, (_req, res) => respond(res, 200, describeEvidence(deps)))
    .all(methodNotAllowed);

  router
    .route('/api/v1/admin/ledger')
    .get(noStore, authenticate, adminOnly, async (req, res) => {
      const { sku } = validate(LedgerQuery, req.query);
      const ledger = streamLedger({ ...deps, pool: ledgerPool }, sku);
      // The answer begins after the first chunk is read, so that a ledger that cannot be read is an error, not half an answer.
      const first = await ledger.next();
      startStream(res, 200, 'application/x-ndjson');
      try {
        await sendStream(res, resume(first, ledger), streamLimits);
      } catch (error) {
        // The answer is cut off. The client notices it by the missing last line.
        log.warn({ err: error, requestId: req.id }, 'ledger stream ended early');
      } finally {
        await ledger.return(undefined);
      }
    })
    .all(methodNotAllowed);

  return router;
}

/** Yields the first chunk, which was read already, and then the rest. */
async function* resume(first: IteratorResult<string>, rest: AsyncGenerator<string>) {
  if (first.done !== true) yield first.value;
  yield* rest;
}
