import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { FromVu, ToVu } from './messages.ts';

/** The line between the thread of a VU and the engine, at the end of the thread. */
export interface Line {
  post(message: FromVu, transfer?: ArrayBuffer[]): void;
  /**
   * Stops the thread until `take` has taken a message. Those that it does not take are given to `handle` later, in their
   * order, when the code that runs now has ended.
   */
  waitUntil(take: (message: ToVu) => boolean): void;
  /** Hands every message to `handle` that comes while the thread waits for nothing. */
  listen(handle: (message: ToVu) => void): void;
}

/** @param arrivals counts the messages to the thread; the engine wakes the thread after each */
export function createLine(port: MessagePort, arrivals: SharedArrayBuffer): Line {
  const count = new Int32Array(arrivals);
  const later: ToVu[] = [];
  let handle: (message: ToVu) => void = () => {};

  function next(): ToVu {
    for (;;) {
      const seen = Atomics.load(count, 0);
      const received = receiveMessageOnPort(port) as { message: ToVu } | undefined;
      if (received) return received.message;
      Atomics.wait(count, 0, seen);
    }
  }

  function handleLater(): void {
    for (let message = later.shift(); message; message = later.shift()) handle(message);
  }

  return {
    post: (message, transfer = []) => port.postMessage(message, transfer),
    waitUntil(take) {
      for (let message = next(); !take(message); message = next()) {
        if (later.push(message) === 1) setImmediate(handleLater);
      }
    },
    listen(handler) {
      handle = handler;
      port.on('message', (message: ToVu) => {
        handleLater();
        handle(message);
      });
    },
  };
}
