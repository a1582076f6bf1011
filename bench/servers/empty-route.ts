import { secretKeys } from '../../server/accounts/keys.ts';
import { createTokens } from '../../server/accounts/tokens.ts';
import { createAuthenticate } from '../../server/http/guards/authenticate.ts';
import { createRequestMeter } from '../../server/http/monitoring/metrics.ts';
import { readJson, validate } from '../../server/http/request/json-body.ts';
import { createRequestIds } from '../../server/http/request-id.ts';
import { respond } from '../../server/http/response/respond.ts';
import { createApp, createHttpServer } from '../../server/http/server.ts';
import { createMetrics } from '../../server/platform/metrics.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { ReserveRequest } from '../../src/protocol/reservations.ts';

/**
 * The Express of the reference server with one route that does nothing. With `STACK=bare` nothing reads the request; else it
 * passes the whole middleware of the API: token, JSON body, schema, request id, metrics.
 */
const app = createApp();
const route = app.route('/api/v1/reservations');
let whole: Pick<Parameters<typeof createHttpServer>[0], 'nameRequest' | 'onEnd'>;

if (process.env.STACK === 'bare') {
  whole = { nameRequest: () => '', onEnd() {} };
  route.post((_req, res) => {
    res.writeHead(200, ['content-type', 'application/json', 'content-length', '2']);
    res.end('{}');
  });
} else {
  whole = {
    nameRequest: createRequestIds({ instance: 'empty', startedAtMs: systemClock.nowMs() }),
    onEnd: createRequestMeter(createMetrics(), () => {}),
  };
  const { verify } = createTokens({
    keys: secretKeys(process.env.JWT_SECRET ?? ''),
    ttlMs: 3_600_000,
    nowMs: () => systemClock.nowMs(),
  });
  const authenticate = createAuthenticate({
    verify,
    sessions: { endings: () => 0, isKnownLive: () => true, isLive: async () => true },
    nowMs: () => systemClock.nowMs(),
  });
  route.post(authenticate, readJson(65_536), (req, res) => {
    validate(ReserveRequest, req.body);
    respond(res, 200, {});
  });
}

const server = createHttpServer({ app, clock: systemClock, ...whole });
process.send?.({ type: 'listening', url: await server.listen(0, '127.0.0.1') });
process.on('disconnect', () => process.exit());
