import type { SocketEvent } from '../../load/http/web-socket.ts';

/**
 * The bytes of events of one WebSocket that are on their way to a thread. With more, the server has to wait until the script has
 * taken some: otherwise one that sends faster than the script reads would fill the memory.
 */
export const UNDERWAY_BYTES_MAX = 1_000_000;
/** A thread tells each time that it has taken so many bytes. */
export const TAKEN_BYTES = UNDERWAY_BYTES_MAX / 4;

/** So many bytes are counted for an event without its data. */
const EVENT_BYTES = 100;

/** The size of an event in bytes, about. */
export const sizeOf = (event: SocketEvent): number =>
  EVENT_BYTES + (event.type === 'message' ? event.data.length : 0);
