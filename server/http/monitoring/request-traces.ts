import type { Request, Response } from 'express';
import { CALL_ID_FORM, CALL_ID_HEADER } from '../../../src/protocol/headers.ts';
import type { Tracing } from '../../platform/tracing.ts';
import { routeOf } from '../request/route.ts';
import { traceOf } from '../response/trace-context.ts';

/** Makes a span of each request, in the trace that its `traceparent` names. */
export function createRequestTraces(tracing: Tracing) {
  return function serve(req: Request, res: Response, next: () => void): void {
    const parent = traceOf(req.headers);
    // The caller does not want this trace recorded.
    if (parent?.isSampled === false) {
      next();
      return;
    }
    const place = tracing.newPlace(parent);
    const startMs = tracing.nowMs();
    res.once('close', () => {
      const route = routeOf(req);
      tracing.add({
        ...place,
        parentSpanId: parent?.spanId,
        name: `${req.method} ${route}`,
        kind: 'server',
        startMs,
        endMs: tracing.nowMs(),
        failed: !res.headersSent || res.statusCode >= 500,
        attributes: {
          'http.request.method': req.method,
          'http.route': route,
          'http.response.status_code': res.headersSent ? res.statusCode : undefined,
          'flashsale.request_id': req.id,
          'flashsale.call_id': namedCall(req),
        },
      });
    });
    // The body of a request arrives with what its connection reads, outside of what is done here.
    const takeBody = req.takeBody.bind(req);
    req.takeBody = (take) => takeBody((part) => tracing.under(place, () => take(part)));
    tracing.under(place, next);
  };
}

/** The id of the call, unless it has a form that no call has: such a text may be as long as a header. */
function namedCall({ headers }: Request): string | undefined {
  const sent = String(headers[CALL_ID_HEADER] ?? '');
  return CALL_ID_FORM.test(sent) ? sent : undefined;
}
