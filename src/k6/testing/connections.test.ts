import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve, type TestServer } from '../../load/testing/servers.ts';
import { runScript } from './run-script.ts';

const GET = `import http from 'k6/http'; import { sleep } from 'k6'; import exec from 'k6/execution';`;

describe('connections', () => {
  let ports: TestServer;
  beforeAll(async () => {
    ports = await serve((request, response) => response.end(String(request.socket.remotePort)));
  });
  afterAll(() => ports.close());

  /** The number of connections that three iterations of two requests each use. */
  async function connectionsOf(options: string): Promise<number> {
    const { log } = await runScript(
      `${GET} export const options = { vus: 1, iterations: 3, ${options} };
       export default function () {
         console.log(http.get(__ENV.BASE).body);
         console.log(http.get(__ENV.BASE).body);
       }`,
      { env: { BASE: ports.origin } },
    );
    expect(log).toHaveLength(6);
    return new Set(log).size;
  }

  it.each([
    ['for the life of the VU', '', 1],
    ['for an iteration', 'noVUConnectionReuse: true', 3],
    ['for a request', 'noConnectionReuse: true', 6],
  ])('are kept %s', async (_, options, expected) => {
    expect(await connectionsOf(options)).toBe(expected);
  });

  it.each([
    ['shop.example', 'shop.example', '127.0.0.1'],
    ['shop.example with its port', 'shop.example:PORT', '127.0.0.1'],
    ['a wildcard', '*.example', '127.0.0.1'],
    ['an address with a port', 'shop.example', '127.0.0.1:PORT'],
  ])('lead to the address in the option hosts: %s', async (_, name, address) => {
    const { port } = new URL(ports.origin);
    const hosts = { [name.replace('PORT', port)]: address.replace('PORT', port) };
    const url = `http://shop.example:${address.includes('PORT') ? 80 : port}/`;
    const { log } = await runScript(
      `${GET} export const options = { hosts: ${JSON.stringify(hosts)} };
       export default function () { console.log(http.get('${url}').status); }`,
    );
    expect(log).toEqual(['200']);
  });
});
