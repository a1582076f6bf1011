import { Connection, type ConnectionDeps } from './connection.ts';
import { ABORTED, type Exchange } from './exchange.ts';

/** The connections of one buyer. Real sockets per buyer, as in life: nothing is shared, nothing is sent twice. */
export interface HttpClient {
  /** Sends a request over a free connection to its origin, a new one if there is none. */
  send(exchange: Exchange): void;
  /** Ends every exchange in flight at once, as ABORTED. */
  cancelAll(): void;
  /** Closes all connections; what is in flight ends as ABORTED. */
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
        connection.inFlight?.cancel(ABORTED, 'the run ended before the answer came');
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
