import type { Socket } from 'node:net';

/** Counts the bytes sent and received. Sockets count them already, but for those that were written past their streams. */
export interface Traffic {
  watch(socket: Socket): void;
  sentDirectly(bytes: number): void;
  totals(): { sentBytes: number; receivedBytes: number };
}

export function createTraffic(): Traffic {
  const open = new Set<Socket>();
  let sentBytes = 0;
  let receivedBytes = 0;
  return {
    watch(socket) {
      open.add(socket);
      socket.once('close', () => {
        open.delete(socket);
        sentBytes += socket.bytesWritten;
        receivedBytes += socket.bytesRead;
      });
    },
    sentDirectly(bytes) {
      sentBytes += bytes;
    },
    totals() {
      const totals = { sentBytes, receivedBytes };
      for (const socket of open) {
        totals.sentBytes += socket.bytesWritten;
        totals.receivedBytes += socket.bytesRead;
      }
      return totals;
    },
  };
}
