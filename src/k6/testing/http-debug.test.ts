import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import { runScript } from './run-script.ts';

/** Holds every request until the test releases it. */
let slow: TestServer;
const held: (() => void)[] = [];
beforeAll(async () => {
  slow = await serve((_request, response) => {
    held.push(() => response.end('{}'));
  });
});
afterAll(async () => {
  for (const release of held.splice(0)) release();
  await slow.close();
});

let server: TestServer;
beforeAll(async () => {
  server = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
afterAll(() => server.close());

const GET = `import http from 'k6/http'; import { sleep } from 'k6'; import exec from 'k6/execution';`;

describe('httpDebug', () => {
  const debugged = async (debug: string, path = '/a?b=1') =>
    await runScript(
      `${GET} export const options = { httpDebug: '${debug}' };
       export default function () {
         http.post(__ENV.BASE + '${path}', 'one\\ntwö', { headers: { 'X-Shop': 'é' } });
       }`,
      { env: { BASE: server.origin } },
    );

  it('logs requests when they are sent, and answers when they arrive', async () => {
    const { log } = await debugged('headers');
    const host = new URL(server.origin).host;
    expect(log).toEqual([
      'Request:',
      'POST /a?b=1 HTTP/1.1',
      `host: ${host}`,
      'X-Shop: é',
      'user-agent: flashsale-cli',
      'content-length: 8',
      '',
      'Response:',
      'HTTP/1.1 200 OK',
      'content-type: application/json',
      expect.stringMatching(/^Date: /),
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
      expect.stringMatching(/^(Content-Length: 2|Transfer-Encoding: chunked)$/),
      '',
    ]);
  });

  it('logs the bodies too with full', async () => {
    const { log } = await debugged('full');
    const ends = log.flatMap((line, index) => (line === '' ? [index] : []));
    expect(log.slice(ends[0], (ends[1] as number) + 1)).toEqual(['', 'one', 'twö', '']);
    expect(log.slice(ends[2])).toEqual(['', '{}', '']);
  });

  it('logs the reason if there is no answer', async () => {
    const { log } = await runScript(
      `${GET} export const options = { httpDebug: 'full' };
       export default function () { http.get(__ENV.BASE + '/never', { timeout: '20ms' }); }`,
      { env: { BASE: slow.origin } },
    );
    expect(log.slice(log.indexOf('No response:'))).toEqual([
      'No response:',
      expect.stringMatching(/^GET http:.*\/never: no complete answer within 20 ms$/),
    ]);
  });
});
