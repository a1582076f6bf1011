import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';
import { type AddressInfo, Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay, setImmediate as turnOfLoop } from 'node:timers/promises';
import express, { type Express, type Request, type Response } from 'express';
import type { Clock } from '../../src/kernel/clock.ts';
import type { ProblemCode } from '../../src/protocol/problem.ts';
import { createDirectRequest } from './direct-request.ts';
import { endWithProblem } from './response/raw-problem.ts';
import { createUnreadAnswers } from './unread-answers.ts';
import { routeUpgrades, type UpgradeDoor } from './upgrades.ts';

/** An Express app without the settings that a JSON API does not use. */
export function createApp(options: { trustedProxies?: string[] } = {}): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('strict routing', true);
  app.set('case sensitive routing', true);
  // X-Forwarded-For is believed from these proxies only, because other clients could write any address into it.
  app.set('trust proxy', options.trustedProxies ?? []);
  return app;
}

export interface HttpServer {
  /** Starts to listen and resolves to the base URL. Rejects when the port is taken or not allowed. */
  listen(port: number, host: string): Promise<string>;
  /** Requests that have not been answered completely. */
  inFlight(): number;
  isDraining(): boolean;
  /**
   * Stops the server. For `noticeMs` it still serves, so that a load balancer reads from the readiness route to send no
   * more requests here; every answer asks the client to close its connection. Then the server accepts no new connections,
   * answers the requests in flight, and resolves when the last connection has ended. Connections that are still open
   * after another `timeoutMs` are cut.
   */
  drain(options: { noticeMs: number; timeoutMs: number }): Promise<void>;
}

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/**
 * Serves an Express app over HTTP. One change makes plain Express about three times as fast: Express replaces the
 * prototype of every request and response, which moves V8 off its fast path, unless the object already has the prototype
 * that Express sets. Here Node creates requests and responses with that prototype. Bodies can be taken past the stream that
 * a request is.
 *
 * Steps that every request needs (its id, its duration, the count of requests in flight) happen around the app and not
 * in a middleware, because a layer of middleware costs more than any of these steps.
 */
export function createHttpServer(deps: {
  app: Express;
  clock: Clock;
  nameRequest(req: IncomingMessage): string;
  /** Called once per request, when its answer is complete or its client has disconnected. */
  onEnd(req: Request, res: Response, elapsedNs: number): void;
  /** The longest time in which a request may arrive, from its first byte to its last. */
  arrivalMsMax?: number;
  /** Does something around each request; absent: nothing. */
  around?: ((req: Request, res: Response, next: () => void) => void) | undefined;
  /** Serves WebSockets; absent: requests for one are answered as any other. */
  door?: UpgradeDoor;
}): HttpServer {
  const { app, clock, nameRequest, onEnd, arrivalMsMax = ARRIVAL_MS_MAX, door, around } = deps;

  const unread = createUnreadAnswers(UNREAD);

  const BornRequest = createDirectRequest();
  class BornResponse<Req extends IncomingMessage> extends ServerResponse<Req> {
    override writeHead(status: number, reason?: string | Headers, headers?: Headers): this {
      if (draining) this.shouldKeepAlive = false;
      return super.writeHead(status, reason as string, headers);
    }
    override end(body?: unknown, encoding?: unknown, onEnd?: unknown): this {
      super.end(body, encoding as BufferEncoding, onEnd as () => void);
      unread.add(this, body);
      return this;
    }
  }
  Object.setPrototypeOf(BornRequest.prototype, app.request);
  Object.setPrototypeOf(BornResponse.prototype, app.response);
  Object.assign(app, { request: BornRequest.prototype, response: BornResponse.prototype });

  // A count and no set: a set of what comes and goes grows new tables all the time, and V8 keeps what the former tables
  // had, requests with all they refer to, until its next full collection.
  let inFlight = 0;
  const sockets = new Set<Socket>();
  let draining = false;

  const server = createServer(
    {
      ...{ IncomingMessage: BornRequest, ServerResponse: BornResponse },
      ...{ requestTimeout: arrivalMsMax, headersTimeout: arrivalMsMax / 2 },
      connectionsCheckingInterval: Math.ceil(arrivalMsMax / 10),
    },
    (incoming, outgoing) => {
      const startedNs = clock.monotonicNs();
      const [req, res] = [incoming as Request, outgoing as Response];
      req.id = nameRequest(req);
      inFlight += 1;
      // Node emits it once. `once` would make three objects more of each request.
      res.on('close', () => {
        inFlight -= 1;
        onEnd(req, res, clock.monotonicNs() - startedNs);
        // Node ignores a listener that is added while it reads the packet in which the request began.
        if (!req.complete) setImmediate(boundRest, req);
      });
      if (around === undefined) app(req, res);
      else around(req, res, () => app(req, res));
    },
  );
  // Longer than load balancers keep an idle connection open. So the server never closes a connection on which the
  // balancer is just sending a request.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('clientError', answerClientError);
  if (door !== undefined) routeUpgrades(server, door);

  return {
    async listen(port, host) {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port, host, backlog: BACKLOG }, () => {
          server.off('error', reject);
          resolve();
        });
      });
      const address = server.address() as AddressInfo;
      const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
      return `http://${name}:${address.port}`;
    },
    inFlight: () => inFlight,
    isDraining: () => draining,
    async drain({ noticeMs, timeoutMs }) {
      draining = true;
      if (noticeMs > 0) {
        await delay(noticeMs, undefined, { ref: false });
        // Accepts whoever has connected meanwhile, because the end of listening resets those who wait to be accepted.
        await turnOfLoop();
      }
      // The method of an HTTP server would also close connections that seem idle, on which a request may just be arriving.
      const closed = new Promise<void>((resolve) =>
        Server.prototype.close.call(server, () => resolve()),
      );
      const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
      await Promise.race([closed, noticeMs > 0 ? delay(LAST_REQUESTS_MS) : turnOfLoop()]);
      server.close();
      // Node treats a connection on which nothing was ever sent as busy and would wait for it.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      await Promise.all([closed, door?.close()]);
      clearTimeout(cut);
    },
  };
}

/**
 * Reads and drops what a client still sends of a body after its answer, so that the answer reaches it and the connection
 * stays good. A client that sends too much more, or takes too long, is cut off.
 */
function boundRest(req: IncomingMessage): void {
  const { socket } = req;
  if (req.complete || socket.destroyed) return;
  let rest = 0;
  const onData = (chunk: Buffer) => {
    rest += chunk.length;
    if (rest > REST_BYTES_MAX) socket.destroy();
  };
  const timer = setTimeout(() => socket.destroy(), REST_MS_MAX).unref();
  const stop = () => {
    clearTimeout(timer);
    socket.off('data', onData);
  };
  socket.on('data', onData);
  req.once('end', stop);
  req.once('close', stop);
}

/** An answer of this API has one megabyte at most, so that is room for dozens of slow readers, and time for slow lines. */
const UNREAD = { bytesMax: 64_000_000, takenWithinMs: 120_000 };

const REST_BYTES_MAX = 1_000_000;
const REST_MS_MAX = 5_000;

const KEEP_ALIVE_MS = 65_000;

/** After its notice a server answers so long on the connections that it has: a balancer may be sending a request on one. */
const LAST_REQUESTS_MS = 500;

/** Node's own limit is five minutes: long enough for a few clients to keep thousands of requests half-way. */
const ARRIVAL_MS_MAX = 60_000;

/** Connections that may wait to be accepted. Thousands come when a sale opens; Node's default of 511 drops some. */
const BACKLOG = 4096;

const CLIENT_ERRORS: Record<string, { code: ProblemCode; detail: string }> = {
  HPE_HEADER_OVERFLOW: {
    code: 'HEADERS_TOO_LARGE',
    detail: 'All headers together are limited to 16 KiB.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    code: 'REQUEST_TIMEOUT',
    detail: 'The request did not arrive in time.',
  },
};

/** Answers a request that Node's parser refused. There is no response object, so the answer is written to the socket. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { code, detail } = CLIENT_ERRORS[error.code ?? ''] ?? {
    code: 'MALFORMED_REQUEST',
    detail: 'The request could not be parsed.',
  };
  endWithProblem(socket, code, detail, 'unparsed');
}
