import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';
import {
  StreamMessage as Schema,
  type StreamMessage,
} from '../../../src/protocol/notifications.ts';

/** A stream as its reader sees it. */
export interface OpenStream {
  socket: WebSocket;
  messages: StreamMessage[];
  /** Resolves to the code with which the stream ended. */
  closed: Promise<number>;
}

/** Opens a stream. Resolves when its first message has come. */
export async function openStream(
  url: string,
  {
    query = '',
    protocols = [],
    ...options
  }: ClientOptions & { query?: string; protocols?: string[] },
): Promise<OpenStream> {
  const socket = new WebSocket(
    `${url.replace('http', 'ws')}/notifications/stream${query}`,
    protocols,
    options,
  );
  const messages: StreamMessage[] = [];
  socket.on('message', (data) => messages.push(Schema.parse(JSON.parse(String(data)))));
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'message');
  return { socket, messages, closed };
}

/** The status and the code of the problem with which a stream is refused. */
export async function refusalOf(
  url: string,
  { query = '', ...options }: ClientOptions & { query?: string },
): Promise<[number | undefined, string]> {
  const socket = new WebSocket(
    `${url.replace('http', 'ws')}/notifications/stream${query}`,
    [],
    options,
  );
  socket.on('error', () => {});
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return [response.statusCode, JSON.parse(Buffer.concat(chunks).toString()).code];
}
