import { Connection, type ConnectionDeps } from './connection.ts';
import { ABORTED, type Exchange } from './exchange.ts';

/**
 * Sends the requests of one VU over connections of its own. VUs share no sockets, as real clients do not. A request is
 * sent again only if it may be, and only because its kept connection turned out to be closed.
 */
export interface HttpClient {
  /** Sends a request over a free connection to its origin, or over a new one if none is free. */
  send(exchange: Exchange): void;
  /** Ends every exchange in flight with the failure ABORTED. */
  cancelAll(): void;
  /** Closes all connections; exchanges in flight end with the failure ABORTED. */
  close(): void;
}

export function createHttpClient(deps: ConnectionDeps): HttpClient {
  const connectionsByOrigin = new Map<string, Connection[]>();

  function connectionTo(origin: string): Connection {
    const known = connectionsByOrigin.get(origin);
    const pool = known ?? [];
    if (!known) connectionsByOrigin.set(origin, pool);
    for (const connection of pool) if (!connection.inFlight) return connection;
    const connection = new Connection(origin, deps);
    pool.push(connection);
    return connection;
  }

  function cancelAll(): void {
    for (const connections of connectionsByOrigin.values()) {
      for (const connection of [...connections]) {
        connection.inFlight?.cancel(ABORTED, 'the iteration ended before the answer came');
      }
    }
  }

  return {
    send(exchange) {
      connectionTo(exchange.request.origin).send(exchange);
    },
    cancelAll,
    close() {
      cancelAll();
      for (const connections of connectionsByOrigin.values()) {
        for (const connection of connections) connection.close();
      }
      connectionsByOrigin.clear();
    },
  };
}
