import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Clock, systemClock } from '../../kernel/clock.ts';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { Resource } from '../resource.ts';
import { type Address, parseAddress, writeAddress } from './address.ts';
import { joinSockets } from './connection.ts';
import { createDelays } from './delays.ts';

/** The work of a proxy so far. */
export interface ProxyReport {
  /** Connections that the shop made. */
  connections: number;
  /** Connections that the dependency did not take. */
  refused: number;
  /** Answers that were held back. Bytes that follow one another without a question between them are one answer. */
  answers: number;
  widenMs: number;
  /** How long answers were really held back: the middle, and the longest of 99 in 100. 0 without answers. */
  delayMsMedian: number;
  delayMsP99: number;
}

/** A proxy; `start` gives the address that it listens on. */
export interface TcpProxy extends Resource<Address> {
  report(): ProxyReport;
}

/** Connections that the operating system keeps until they are accepted. A rush may make a thousand at once. */
const BACKLOG = 4_096;

/** Longest time in which a dependency must take the first connection. */
const REACH_TIMEOUT_MS = 5_000;

/**
 * A TCP proxy between a shop and something that it uses: a database, Redis, an HTTP service. It understands none of their
 * protocols. Every answer of the dependency is held back by `widenMs`, so that a shop that checks and then acts does both
 * with other buyers in between.
 */
export function createProxy(options: {
  /** `HOST:PORT`; port 0 is any free one. */
  listen: string;
  /** `HOST:PORT` of the dependency. */
  to: string;
  widenMs: number;
  clock?: Clock;
  /** Told when the dependency cannot be reached for the shop (the first time), or when connections are not accepted. */
  onTrouble?(sentence: string): void;
}): TcpProxy {
  const { widenMs, clock = systemClock, onTrouble = () => {} } = options;
  const listen = parseAddress(options.listen);
  const to = parseAddress(options.to);
  const sockets = new Set<Socket>();
  const delays = createDelays();
  let server: Server | undefined;
  let [connections, refused] = [0, 0];

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  }

  function serve(shop: Socket): void {
    connections += 1;
    const dependency = keep(connect({ ...to, allowHalfOpen: true, noDelay: true }));
    joinSockets({
      ...{ shop: keep(shop), dependency, widenMs, clock },
      onAnswer: delays.add,
      onUnreachable(error) {
        refused += 1;
        if (refused > 1) return;
        onTrouble(
          `${writeAddress(to)} did not take a connection of the shop: ${rootMessage(error)}`,
        );
      },
    });
  }

  return {
    name: `proxy to ${writeAddress(to)}`,
    async start() {
      if (listen.port === to.port && listen.host === to.host) {
        throw UserError.usage(`a proxy cannot listen on ${writeAddress(to)}`, {
          why: 'it is the address that it passes everything on to',
          next: 'listen on another port, and have the shop connect to that one',
        });
      }
      await reach(to);
      server = createServer({ allowHalfOpen: true, noDelay: true }, serve);
      const port = await listenOn(server, listen);
      server.on('error', (error) =>
        onTrouble(`a connection of the shop was not accepted: ${rootMessage(error)}`),
      );
      return { host: listen.host, port };
    },
    async stop() {
      const stopped = server;
      server = undefined;
      if (stopped?.listening !== true) return;
      const closed = new Promise<void>((resolve) => stopped.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    report: () => ({
      ...{ connections, refused, answers: delays.count(), widenMs },
      ...{ delayMsMedian: delays.quantileMs(0.5), delayMsP99: delays.quantileMs(0.99) },
    }),
  };
}

/** Connects once, so that a wrong address is told at the start and not by a shop that cannot work. */
function reach(to: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = connect({ ...to, timeout: REACH_TIMEOUT_MS });
    probe.once('connect', () => {
      probe.destroy();
      resolve();
    });
    probe.once('timeout', () => probe.destroy(new Error('it does not answer')));
    probe.once('error', (cause) =>
      reject(
        UserError.environment(`the proxy cannot reach ${writeAddress(to)}`, {
          why: rootMessage(cause),
          next: 'start what should listen there, or correct the address that the proxy leads to',
          cause,
        }),
      ),
    );
  });
}

/** Resolves with the port. */
function listenOn(server: Server, address: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void => {
      const isTaken = cause.code === 'EADDRINUSE';
      reject(
        UserError.environment(`the proxy cannot listen on ${writeAddress(address)}`, {
          why: isTaken ? 'another process listens on it' : rootMessage(cause),
          next: 'listen on another port, or stop that process',
          cause,
        }),
      );
    };
    server.once('error', fail);
    server.listen({ ...address, backlog: BACKLOG }, () => {
      server.off('error', fail);
      const bound = server.address();
      resolve(bound !== null && typeof bound === 'object' ? bound.port : address.port);
    });
  });
}
