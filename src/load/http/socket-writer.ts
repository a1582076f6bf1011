import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Traffic } from './traffic.ts';

/**
 * Writes bytes to an open socket; a string has one character per byte. Returns false if some of them have to wait, after
 * which the socket emits `drain` once it has sent them.
 */
export type SocketWriter = (bytes: string | Uint8Array) => boolean;

/** The kernel would rarely take more at once, and the rest would have to be copied. */
const DIRECT_BYTES_MAX = 64 * 1024;

/**
 * Creates the writer of a socket. Over TCP it writes to the descriptor: the kernel nearly always takes a request as a
 * whole, and the objects, the state and the callback of the stream cost half as much as the kernel's part. What the kernel
 * does not take goes through the stream, and so does everything over TLS.
 *
 * As with the stream alone, a failed write destroys the socket, which then emits the error.
 */
export function createSocketWriter(
  socket: Socket,
  traffic: Pick<Traffic, 'sentDirectly'>,
): SocketWriter {
  const handle = socket instanceof TLSSocket ? undefined : handleOf(socket);
  const fd = handle?.fd ?? NO_DESCRIPTOR;
  if (fd < 0) return (bytes) => writeToStream(socket, bytes);

  return (bytes) => {
    const sent = writeDirectly(bytes);
    return sent === bytes.length || writeToStream(socket, restOf(bytes, sent));
  };

  /** Returns the number of bytes that are done with. */
  function writeDirectly(bytes: string | Uint8Array): number {
    // Without its handle the socket is closed, and the number of its descriptor may be that of another one by now.
    if (handleOf(socket) !== handle || socket.writableLength > 0) return 0;
    if (bytes.length > DIRECT_BYTES_MAX) return 0;
    try {
      const sent =
        typeof bytes === 'string' ? writeSync(fd, bytes, null, 'latin1') : writeSync(fd, bytes);
      traffic.sentDirectly(sent);
      return sent;
    } catch (error) {
      const { code, errno } = error as NodeJS.ErrnoException;
      if (code !== undefined && LEFT_TO_STREAM.has(code)) return 0;
      socket.destroy(Object.assign(new Error(`write ${code}`), { code, errno, syscall: 'write' }));
      return bytes.length;
    }
  }
}

const NO_DESCRIPTOR = -1;

/**
 * Errors after which the stream is asked. After two of them the kernel takes the bytes later, as libuv knows; the last is macOS's
 * word for a connection that its peer is closing, for which the stream has the usual one.
 */
const LEFT_TO_STREAM = new Set(['EAGAIN', 'ENOBUFS', 'EPROTOTYPE']);

/** Node has no public name for the descriptor of a socket. */
const handleOf = (socket: Socket): { fd?: number } | null | undefined =>
  (socket as { _handle?: { fd?: number } | null })._handle;

function restOf(bytes: string | Uint8Array, from: number): string | Uint8Array {
  if (from === 0) return bytes;
  return typeof bytes === 'string' ? bytes.slice(from) : bytes.subarray(from);
}

const writeToStream = (socket: Socket, bytes: string | Uint8Array): boolean =>
  typeof bytes === 'string' ? socket.write(bytes, 'latin1') : socket.write(bytes);
