import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusedOrigin, serveTcp, type TestServer } from '../testing/servers.ts';
import { createConnector, createDialer, type SocketEvents, targetOf } from './connector.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serveTcp((socket) => socket.end('bytes'));
});
afterAll(() => server.close());

/** Opens a socket, and resolves to its events when it has closed. */
async function eventsOf(
  url: string,
  options: Partial<Parameters<typeof createDialer>[0]> = {},
): Promise<string[]> {
  const connect = createConnector(
    createDialer({ insecureSkipTlsVerify: false, hosts: {}, ...options }),
  );
  const seen: string[] = [];
  const events: SocketEvents = {
    onTcp: () => seen.push('tcp'),
    onOpen: () => seen.push('open'),
    onBytes: (buffer, length) => seen.push(buffer.toString('latin1', 0, length)),
    onEnd: (error) => seen.push(error?.code ?? 'end'),
  };
  const socket = connect(new URL(url), events);
  socket.on('end', () => socket.destroy());
  await new Promise((resolve) => socket.once('close', resolve));
  return seen;
}

describe('a socket', () => {
  it('reports its events in order, and its end once', async () => {
    expect(await eventsOf(server.origin)).toEqual(['tcp', 'open', 'bytes', 'end']);
  });

  it('ends with the error of an attempt to connect', async () => {
    expect(await eventsOf(await refusedOrigin())).toEqual(['ECONNREFUSED']);
  });

  it('connects to the address that the options give for a host', async () => {
    const { hostname, port } = new URL(server.origin);
    const hosts = { 'shop.test:80': { host: hostname, port: Number(port) } };
    expect(await eventsOf('http://shop.test', { hosts })).toEqual(['tcp', 'open', 'bytes', 'end']);
  });

  it('never connects to a blocked host, nor to a blocked address that the options give', async () => {
    const names = { blockedNames: ['ads.test'], blockedRanges: ['127.0.0.0/8', '::1'] };
    expect(await eventsOf('http://ads.test', { names })).toEqual(['BLOCKED_NAME']);
    expect(await eventsOf('http://[::1]', { names })).toEqual(['BLOCKED_ADDRESS']);
    const hosts = { 'shop.test': { host: '127.0.0.1' } };
    expect(await eventsOf('http://shop.test', { names, hosts })).toEqual(['BLOCKED_ADDRESS']);
  });
});

describe('the address for a host', () => {
  const hosts = {
    'api.shop.test:443': { host: '10.0.0.1' },
    'api.shop.test': { host: '10.0.0.2' },
    '*.shop.test:81': { host: '10.0.0.3' },
    '*.test': { host: '10.0.0.4' },
  };

  it.each([
    ['api.shop.test', 443, '10.0.0.1'],
    ['api.shop.test', 80, '10.0.0.2'],
    ['m.shop.test', 81, '10.0.0.3'],
    ['m.shop.test', 80, '10.0.0.4'],
    ['shop.test', 80, '10.0.0.4'],
    ['test', 80, undefined],
  ])('is the most exact entry: %s:%d', (host, port, address) => {
    expect(targetOf(hosts, host, port)?.host).toBe(address);
  });
});
