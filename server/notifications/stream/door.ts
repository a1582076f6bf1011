import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Request } from 'express';
import type { WebSocket, WebSocketServer } from 'ws';
import {
  STREAM_PROTOCOL,
  type StreamMessage,
  TOKEN_PROTOCOL,
} from '../../../src/protocol/notifications.ts';
import type { ProblemCode } from '../../../src/protocol/problem.ts';
import { endWithProblem } from '../../http/response/raw-problem.ts';
import type { UpgradeDoor } from '../../http/upgrades.ts';
import type { Logger } from '../../platform/logging.ts';
import type { StreamFeed } from './feed.ts';
import type { Reader, StreamHub } from './hub.ts';
import { type StreamTickets, TICKET_FORM } from './tickets.ts';

export const STREAM_PATH = '/notifications/stream';

/** Handshakes that are worked on at the same time: each may ask the database. */
const HANDSHAKES_MAX = 200;
/** Readers have nothing to say. */
const MESSAGE_BYTES_MAX = 1024;

/** Finds out whose token it is; undefined for one that is not valid, or of a session that has ended. */
export type Identify = (token: string) => Promise<Reader | undefined>;

/** The outcome of a handshake before the WebSocket is opened. */
type Admission = { reader: Reader } | { code: ProblemCode; detail: string; retryAfterMs?: number };

export interface StreamDoorDeps {
  hub: StreamHub;
  feed: StreamFeed;
  tickets: Pick<StreamTickets, 'use'>;
  identify: Identify;
  isLive(sessionId: string): Promise<boolean>;
  /** Counts a handshake by its address. Resolves to the time to wait when there were too many; absent without limits. */
  waitOf: ((req: Request) => Promise<number | undefined>) | undefined;
  /** Origins of pages that may connect, besides the server's own; `*` is every one. */
  origins: string[];
  newId(): string;
  log: Logger;
}

/** The way into the stream: who asks, from what page, and if there is room. */
export function createStreamDoor(deps: StreamDoorDeps): UpgradeDoor {
  const { hub, feed, tickets, identify, isLive, waitOf, origins, newId, log } = deps;
  let handshakes = 0;
  let isClosing = false;
  let server: Promise<WebSocketServer> | undefined;

  return {
    path: STREAM_PATH,
    open(req, socket, head) {
      // A connection that breaks during the handshake harms nobody.
      socket.on('error', () => socket.destroy());
      handshakes += 1;
      shake(req, socket, head)
        .catch((error) => {
          log.error({ err: error }, 'a stream could not be opened');
          endWithProblem(socket, 'UNAVAILABLE', 'The stream cannot be opened now.', newId());
        })
        .finally(() => {
          handshakes -= 1;
        });
    },
    close() {
      isClosing = true;
      return hub.close();
    },
  };

  async function shake(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const admission = await admit(req);
    if ('code' in admission) {
      const { code, detail, retryAfterMs } = admission;
      endWithProblem(socket, code, detail, newId(), retryAfterMs);
      return;
    }
    const { reader } = admission;
    server ??= openServer();
    const opened = await server;
    // Answers by itself to a request that is no proper handshake.
    opened.handleUpgrade(req, socket, head, (webSocket) => {
      welcome(reader, webSocket).catch((error) => {
        log.warn({ err: error }, 'a stream was closed, because notifications cannot be read');
        webSocket.close(1013, 'try again later');
      });
    });
  }

  async function admit(req: IncomingMessage): Promise<Admission> {
    if (isClosing || handshakes > HANDSHAKES_MAX) {
      return { code: 'UNAVAILABLE', detail: 'Connect again; this instance takes no streams now.' };
    }
    const retryAfterMs = await waitOf?.(req as Request);
    if (retryAfterMs !== undefined) {
      const detail = 'Too many requests (ip); nothing was begun.';
      return { code: 'RATE_LIMITED', detail, retryAfterMs };
    }
    if (!isOriginAllowed(req, origins)) {
      return { code: 'ORIGIN_REFUSED', detail: 'Pages of this origin may not read this stream.' };
    }
    const reader = await readerOf(req);
    if (reader === undefined) {
      const detail = 'Send a ticket of POST /notifications/tickets, or a token as a subprotocol.';
      return { code: 'UNAUTHENTICATED', detail };
    }
    const full = hub.whyFull(reader.userId);
    return full === undefined ? { reader } : { code: 'TOO_MANY_STREAMS', detail: full };
  }

  async function readerOf(req: IncomingMessage): Promise<Reader | undefined> {
    const ticket = new URL(req.url ?? '', 'http://any').searchParams.get('ticket');
    if (ticket === null) {
      const token = tokenOf(req);
      return token === undefined ? undefined : identify(token);
    }
    const holder = TICKET_FORM.test(ticket) ? await tickets.use(ticket) : undefined;
    return holder !== undefined && (await isLive(holder.sessionId)) ? holder : undefined;
  }

  async function welcome(reader: Reader, socket: WebSocket): Promise<void> {
    socket.on('error', () => {});
    await feed.join((cursor) => {
      if (socket.readyState !== socket.OPEN) return;
      // Others may have come since the handshake began.
      if (isClosing || hub.whyFull(reader.userId) !== undefined) {
        socket.close(1013, 'no room');
        return;
      }
      socket.send(JSON.stringify({ type: 'ready', cursor } satisfies StreamMessage));
      hub.add(reader, socket);
    });
    // A session that ended during the handshake was not in the hub yet.
    if (!(await isLive(reader.sessionId))) hub.endSessions((id) => id === reader.sessionId);
  }
}

/** Loaded with the first stream, because many servers have none. */
async function openServer(): Promise<WebSocketServer> {
  const { WebSocketServer: Server } = await import('ws');
  return new Server({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGE_BYTES_MAX,
    handleProtocols: (offered) => (offered.has(STREAM_PROTOCOL) ? STREAM_PROTOCOL : false),
  });
}

/** The token of a program, in the header as for every call, or of a page, as a subprotocol. */
function tokenOf({ headers }: IncomingMessage): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  return offered.find((name) => name.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length);
}

/**
 * Programs send no Origin. A page may connect from where the server itself is, and from the origins that may call the API:
 * browsers do not ask before they open a WebSocket, so it is refused here.
 */
function isOriginAllowed({ headers }: IncomingMessage, origins: string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes('*') || origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
