import {
  connect as connectTcp,
  isIP,
  type OnReadOpts,
  Socket,
  type TcpNetConnectOpts,
} from 'node:net';
import { checkServerIdentity, connect as connectTls } from 'node:tls';
import type { HostTarget, HttpOptions } from './http-options.ts';
import { createNameLookup } from './name-lookup.ts';
import { createSecureContexts } from './tls.ts';

/** Opens a socket to the origin of a URL and reports its events. */
export type Connector = (url: URL, events: SocketEvents) => Socket;

export interface SocketEvents {
  /** The TCP connection is established; a TLS handshake may follow. */
  onTcp(): void;
  /** Requests can be written. */
  onOpen(): void;
  /** Bytes have arrived: the first `length` ones of the buffer, which is valid during the call only. */
  onBytes(buffer: Buffer, length: number): void;
  /** Called once, as the last event: the server or an error has ended the connection or the attempt to connect. */
  onEnd(error: NodeJS.ErrnoException | undefined): void;
}

/** The same as in k6. */
const CONNECT_TIMEOUT_MS = 30_000;
const READ_BYTES_MAX = 64 * 1024;

/**
 * Begins to connect to the origin of a URL, as the options of a script say. For a blocked host the socket is already
 * destroyed with the reason. `onread` takes the bytes in place of the socket's stream.
 */
export type Dialer = (url: URL, onread?: OnReadOpts) => Socket;

/** Creates the dialer for all VUs of a run. */
export function createDialer({
  insecureSkipTlsVerify,
  hosts,
  tls,
  names: nameOptions,
}: Pick<HttpOptions, 'insecureSkipTlsVerify' | 'hosts' | 'tls' | 'names'>): Dialer {
  const names =
    nameOptions &&
    createNameLookup(nameOptions, { now: () => performance.now(), random: Math.random });
  const secureContextFor = tls && createSecureContexts(tls);
  const sessions = new Map<string, Buffer>();

  function dial(url: URL, onread?: OnReadOpts): Socket {
    const isTls = isSecure(url);
    const host = hostOf(url);
    const port = Number(url.port || (isTls ? 443 : 80));
    const target = targetOf(hosts, host, port);
    const refusal = names?.refusalOf(host) ?? (target && names?.refusalOf(target.host));
    if (refusal) return new Socket().destroy(refusal);
    const options: TcpNetConnectOpts = {
      host: target?.host ?? host,
      port: target?.port ?? port,
      noDelay: true,
      ...(names && { lookup: names.lookup }),
      ...(onread && { onread }),
    };
    return isTls ? openTls(url.host, host, options) : connectTcp(options);
  }

  function openTls(sessionKey: string, host: string, options: TcpNetConnectOpts): Socket {
    const socket = connectTls({
      ...options,
      ...(isIP(host) ? {} : { servername: host }),
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: !insecureSkipTlsVerify,
      session: sessions.get(sessionKey),
      ...(secureContextFor && { secureContext: secureContextFor(host) }),
    });
    if (!insecureSkipTlsVerify) {
      socket.prependOnceListener('secure', () => {
        misnamed.set(socket, checkServerIdentity(host, socket.getPeerCertificate()));
      });
    }
    socket.on('session', (session) => sessions.set(sessionKey, session));
    return socket;
  }

  return dial;
}

/**
 * Creates the connector for all VUs of a run. All sockets read into one shared buffer, which saves the work and the
 * allocations of a stream for every read.
 */
export function createConnector(dial: Dialer): Connector {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES_MAX);
  return (url, events) => {
    const socket = dial(url, {
      buffer,
      callback(length: number) {
        events.onBytes(buffer, length);
        return true;
      },
    });
    const timer = setTimeout(() => {
      const message = `no connection within ${CONNECT_TIMEOUT_MS} ms`;
      socket.destroy(Object.assign(new Error(message), { code: 'CONNECT_TIMEOUT' }));
    }, CONNECT_TIMEOUT_MS);
    let ended = false;
    const end = (error: NodeJS.ErrnoException | undefined): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      events.onEnd(nameFirst(socket, error));
    };
    // Placed before the listener that starts the TLS handshake, so that the handshake is not counted as connecting.
    socket.prependOnceListener('connect', () => events.onTcp());
    socket.once(isSecure(url) ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      events.onOpen();
    });
    socket.on('error', end);
    socket.once('end', () => end(undefined));
    socket.once('close', () => end(undefined));
    return socket;
  };
}

/** The error of each certificate that is made out to another name, found before its signatures are looked at. */
const misnamed = new WeakMap<Socket, Error | undefined>();

/** As in k6, a certificate that has neither the right name nor a known signature has the wrong name. */
function nameFirst(
  socket: Socket,
  error: NodeJS.ErrnoException | undefined,
): NodeJS.ErrnoException | undefined {
  const isUntrusted = UNTRUSTED.has(error?.code ?? '');
  return (isUntrusted ? misnamed.get(socket) : undefined) ?? error;
}

const UNTRUSTED = new Set([
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
]);

const isSecure = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'wss:';

/** The host of a URL, without the brackets that a URL puts around an IPv6 address. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/**
 * The most exact entry for a host, in the order of k6: with the port, without it, then wildcards from the longest name
 * to the shortest.
 */
export function targetOf(
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
