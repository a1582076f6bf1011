import { connect as connectTcp, isIP, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { HostTarget, HttpOptions } from './http-options.ts';
import { createNameLookup } from './name-lookup.ts';
import { createSecureContexts } from './tls.ts';

/** Opens a socket to an origin and tells what happens to it. */
export type Connector = (url: URL, events: SocketEvents) => Socket;

export interface SocketEvents {
  /** TCP stands; told for both kinds of connection. */
  onTcp(): void;
  /** Requests can be written. */
  onOpen(): void;
  /** The buffer's first `length` bytes have come; they are good for the time of the call only. */
  onBytes(buffer: Buffer, length: number): void;
  /** Once, and last: the other side has ended the connection, or an error has, the attempt to connect included. */
  onEnd(error: NodeJS.ErrnoException | undefined): void;
}

/** As undici and k6 have it. */
const CONNECT_TIMEOUT_MS = 30_000;
const READ_BYTES_MAX = 64 * 1024;

/**
 * A connector for all buyers of a run. Sockets read into one buffer that they share, which spares a stream's machinery
 * and its allocation for every read.
 */
export function createConnector({
  insecureSkipTlsVerify,
  hosts,
  tls,
  names: nameOptions,
}: Pick<HttpOptions, 'insecureSkipTlsVerify' | 'hosts' | 'tls' | 'names'>): Connector {
  const names =
    nameOptions &&
    createNameLookup(nameOptions, { now: () => performance.now(), random: Math.random });
  const secureContextFor = tls && createSecureContexts(tls);
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES_MAX);
  const sessions = new Map<string, Buffer>();

  return (url, events) => {
    let over = false;
    const end = (error: NodeJS.ErrnoException | undefined): void => {
      if (over) return;
      over = true;
      clearTimeout(connectTimer);
      events.onEnd(error);
    };
    // IPv6 addresses stand in brackets in a URL.
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const isTls = url.protocol === 'https:';
    const port = Number(url.port || (isTls ? 443 : 80));
    const target = targetOf(hosts, host, port);
    const refusal = names?.refusalOf(host) ?? (target && names?.refusalOf(target.host));
    const common = {
      host: target?.host ?? host,
      port: target?.port ?? port,
      noDelay: true,
      ...(names && { lookup: names.lookup }),
      onread: {
        buffer,
        callback(length: number) {
          events.onBytes(buffer, length);
          return true;
        },
      },
    };
    const opened = (): void => {
      clearTimeout(connectTimer);
      events.onOpen();
    };
    const openTls = (): Socket => {
      const { host: name } = url;
      const socket = connectTls({
        ...common,
        ...(isIP(host) ? {} : { servername: host }),
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: !insecureSkipTlsVerify,
        session: sessions.get(name),
        ...(secureContextFor && { secureContext: secureContextFor(host) }),
      });
      socket.on('session', (session) => sessions.set(name, session));
      socket.once('secureConnect', opened);
      return socket;
    };
    const openPlain = (): Socket => {
      const socket = connectTcp(common);
      socket.once('connect', opened);
      return socket;
    };

    const openNothing = (error: Error): Socket => new Socket().destroy(error);

    const connectTimer = setTimeout(() => {
      const message = `no connection within ${CONNECT_TIMEOUT_MS} ms`;
      socket.destroy(Object.assign(new Error(message), { code: 'CONNECT_TIMEOUT' }));
    }, CONNECT_TIMEOUT_MS);
    const socket = refusal ? openNothing(refusal) : isTls ? openTls() : openPlain();
    socket.prependOnceListener('connect', () => events.onTcp());
    socket.on('error', end);
    socket.once('end', () => end(undefined));
    socket.once('close', () => end(undefined));
    return socket;
  };
}

/** The most exact entry: with the port, without it, then wildcards from the longest name to the shortest, as k6 looks. */
function targetOf(
  hosts: Record<string, HostTarget>,
  host: string,
  port: number,
): HostTarget | undefined {
  const exact = hosts[`${host}:${port}`] ?? hosts[host];
  if (exact !== undefined) return exact;
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
    const wildcard = `*${host.slice(dot)}`;
    const target = hosts[`${wildcard}:${port}`] ?? hosts[wildcard];
    if (target !== undefined) return target;
  }
  return undefined;
}
