import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { serve, type TestServer } from '../../load/testing/servers.ts';

/** The paths with an answer of their own. */
const ANSWERS: Record<string, (response: ServerResponse, url: URL, authorization: string) => void> =
  {
    '/status': (response, { searchParams }) => {
      response.writeHead(Number(searchParams.get('is'))).end(searchParams.get('body') ?? '');
    },
    '/digest': (response, _url, authorization) => {
      if (authorization.startsWith('Digest username="Mufasa", realm="pride", nonce="n1"')) {
        response.end('{"body":"in"}');
        return;
      }
      const challenge = 'Digest realm="pride", qop="auth,auth-int", nonce="n1", opaque="o"';
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    },
    '/login': (response) => {
      response.writeHead(200, { 'set-cookie': ['session=abc; Path=/; HttpOnly', 'theme=dark'] });
      response.end('welcome');
    },
    '/packed': (response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}'));
    },
    '/not-packed': (response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('{}');
    },
  };

/**
 * Starts a server that answers with the request as JSON. `/redirect/3` redirects three times and then to `/end`; the paths
 * of `ANSWERS` have answers of their own.
 */
export function serveEcho(): Promise<TestServer> {
  return serve(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://echo');
    const { method, headers } = request;
    const redirectsLeft = /^\/redirect\/(\d+)/.exec(url.pathname)?.[1];
    if (redirectsLeft !== undefined) {
      const left = Number(redirectsLeft);
      response.writeHead(302, { location: left > 1 ? `/redirect/${left - 1}` : '/end' }).end();
      return;
    }
    const answer = ANSWERS[url.pathname];
    if (answer) {
      answer(response, url, headers.authorization ?? '');
      return;
    }
    const body = await text(request);
    response.writeHead(200, { 'content-type': 'application/json', 'x-many': 'one' });
    response.end(
      JSON.stringify({ method, path: request.url, headers, body, list: [{ n: 1 }, { n: 2 }] }),
    );
  });
}
