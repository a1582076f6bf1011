import type { Response } from 'express';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../request/request.ts';
import { respond, respondCacheable } from './respond.ts';

/** A response that records what is written to it. */
function record(request: { claim?: Claim; headers?: Record<string, string> } = {}) {
  const written: { status?: number; headers: Record<string, string>; body?: string } = {
    headers: {},
  };
  const res = {
    req: { id: 'id-1', headers: {}, ...request },
    writeHead(status: number, list: string[]) {
      written.status = status;
      for (let at = 0; at < list.length; at += 2) {
        written.headers[list[at] as string] = list[at + 1] as string;
      }
    },
    end(body?: string) {
      written.body = body;
    },
  } as unknown as Response;
  return { res, written };
}

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('an answer', () => {
  it('has its length in bytes, its request id and the trace of its request', () => {
    const { res, written } = record({ headers: { traceparent: TRACE } });
    respond(res, 201, { name: 'é' });
    expect(written).toMatchObject({
      status: 201,
      body: '{"name":"é"}',
      headers: {
        ...{ 'content-type': 'application/json', 'content-length': '13' },
        ...{ 'x-request-id': 'id-1', traceparent: TRACE },
      },
    });
  });

  it('is stored before it is sent when its request has claimed a key', () => {
    const stored: unknown[] = [];
    let send = () => {};
    const claim: Claim = {
      effectId: 'e-1',
      isRepeated: false,
      settle(answer, sendIt) {
        stored.push(answer);
        send = sendIt;
      },
    };
    const { res, written } = record({ claim });
    respond(res, 200, {});
    expect(stored).toEqual([{ status: 200, body: '{}', isFinal: true }]);
    expect(written.status).toBeUndefined();
    send();
    expect(written.status).toBe(200);
  });
});

describe('a cacheable answer', () => {
  it('may be used for a while without a request, or never', () => {
    const [shared, own] = [record(), record()];
    respondCacheable(shared.res, { left: 1 }, 5);
    respondCacheable(own.res, { left: 1 }, 0);
    expect(shared.written.headers['cache-control']).toBe('public, max-age=5');
    expect(own.written.headers['cache-control']).toBe('no-cache');
  });

  it('is not sent again to a client that has it, also behind a proxy that marks its ETag as weak', () => {
    const first = record();
    respondCacheable(first.res, { left: 1 }, 5);
    const { etag } = first.written.headers;
    const again = record({ headers: { 'if-none-match': `"x", W/${etag}` } });
    respondCacheable(again.res, { left: 1 }, 5);
    expect([again.written.status, again.written.body]).toEqual([304, undefined]);
    const changed = record({ headers: { 'if-none-match': etag as string } });
    respondCacheable(changed.res, { left: 0 }, 5);
    expect([changed.written.status, changed.written.body]).toEqual([200, '{"left":0}']);
  });
});
