import type { SocketEvent } from '../../load/http/web-socket.ts';
import type { Vu, VuSocket } from '../../load/vu/vu.ts';
import type { SocketAction } from './messages.ts';

/** Does what the thread of a VU wants done with its WebSockets, whose events go to `post`. */
export function createSocketActions(
  vu: Vu,
  post: (id: number, event: SocketEvent) => void,
): (id: number, action: SocketAction) => void {
  const sockets = new Map<number, VuSocket>();

  function onEvent(id: number, event: SocketEvent): void {
    if (event.type === 'failed' || event.type === 'closed') sockets.delete(id);
    post(id, event);
  }

  return (id, action) => {
    if (action.type === 'open') {
      sockets.set(
        id,
        vu.openSocket(action.request, (event) => onEvent(id, event)),
      );
      return;
    }
    // The thread may not know yet that the socket is closed.
    const socket = sockets.get(id);
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
    }
  };
}
