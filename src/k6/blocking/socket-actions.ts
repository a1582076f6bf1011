import type { SocketEvent } from '../../load/http/web-socket.ts';
import type { Vu, VuSocket } from '../../load/vu/vu.ts';
import type { SocketAction } from './messages.ts';
import { sizeOf, UNDERWAY_BYTES_MAX } from './socket-flow.ts';

interface ServedSocket {
  socket: VuSocket;
  /** The size of the events that are on their way to the thread. */
  underwayBytes: number;
  /** True while the server has to wait. */
  isHeld: boolean;
}

/** Does what the thread of a VU wants done with its WebSockets, whose events go to `post`. */
export function createSocketActions(
  vu: Vu,
  post: (id: number, event: SocketEvent) => void,
): (id: number, action: SocketAction) => void {
  const sockets = new Map<number, ServedSocket>();

  function onEvent(id: number, event: SocketEvent): void {
    const served = sockets.get(id);
    if (event.type === 'failed' || event.type === 'closed') sockets.delete(id);
    else if (served !== undefined) addUnderway(served, sizeOf(event));
    post(id, event);
  }

  function addUnderway(served: ServedSocket, bytes: number): void {
    served.underwayBytes += bytes;
    const max = served.isHeld ? UNDERWAY_BYTES_MAX / 2 : UNDERWAY_BYTES_MAX;
    const isHeld = served.underwayBytes > max;
    if (isHeld === served.isHeld) return;
    served.isHeld = isHeld;
    served.socket.read?.(!isHeld);
  }

  return (id, action) => {
    if (action.type === 'open') {
      const socket = vu.openSocket(action.request, (event) => onEvent(id, event));
      sockets.set(id, { socket, underwayBytes: 0, isHeld: false });
      return;
    }
    // The thread may not know yet that the socket is closed.
    const served = sockets.get(id);
    const socket = served?.socket;
    switch (action.type) {
      case 'send':
        socket?.send(action.data);
        break;
      case 'ping':
        socket?.ping(action.data);
        break;
      case 'close':
        socket?.close(action.code, action.reason);
        break;
      case 'leave':
        sockets.delete(id);
        socket?.leave(action.code);
        break;
      case 'taken':
        if (served !== undefined) addUnderway(served, -action.bytes);
    }
  };
}
