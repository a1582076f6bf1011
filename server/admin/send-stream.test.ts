import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Response } from 'express';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StreamLimits, sendStream } from './send-stream.ts';

const HOUR_MS = 3_600_000;

let server: Server;
/** Resolves to the error of the stream, or to 'sent', and whether its source was ended. */
let result: Promise<{ how: string; isEnded: boolean }>;

beforeEach(() => {
  server = createServer();
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serve(limits: StreamLimits, chunks: number): Promise<string> {
  result = new Promise((resolve) => {
    server.on('request', async (_req, res) => {
      let isEnded = false;
      async function* source() {
        try {
          for (let chunk = 0; chunk < chunks; chunk++) yield 'x'.repeat(1_000_000);
        } finally {
          isEnded = true;
        }
      }
      const sent = sendStream(res as unknown as Response, source(), limits);
      resolve(
        await sent
          .then(
            () => 'sent',
            ({ message }) => message,
          )
          .then((how) => ({ how, isEnded })),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asks for the stream and reads nothing of it. */
const ask = (url: string) =>
  connect(Number(new URL(url).port), '127.0.0.1')
    .pause()
    .write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');

it('sends all chunks to a reader that reads', async () => {
  const url = await serve({ stallMsMax: HOUR_MS, totalMsMax: HOUR_MS }, 3);
  expect(await (await fetch(url)).text()).toHaveLength(3_000_000);
  expect(await result).toEqual({ how: 'sent', isEnded: true });
});

it('cuts off a reader that takes nothing for too long, and ends its source', async () => {
  ask(await serve({ stallMsMax: 50, totalMsMax: HOUR_MS }, 1_000));
  expect(await result).toEqual({ how: 'the reader took nothing for 50 ms', isEnded: true });
});

it('cuts off a reader that takes too long altogether', async () => {
  ask(await serve({ stallMsMax: HOUR_MS, totalMsMax: 50 }, 1_000));
  expect(await result).toEqual({ how: 'the reader took longer than 50 ms', isEnded: true });
});
