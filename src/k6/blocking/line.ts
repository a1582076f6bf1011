import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { FromVu, ToVu } from './messages.ts';

/** The line between the thread of a VU and the engine, at the end of the thread. */
export interface Line {
  post(message: FromVu, transfer?: ArrayBuffer[]): void;
  /**
   * Stops the thread until the wait is over. Messages that it is not for are given to `handle` later, in their order, when
   * the code that runs now has ended; a wait around this one takes those it is for first.
   */
  waitUntil(wait: Wait): void;
  /** Hands every message to `handle` that comes while the thread waits for nothing. */
  listen(handle: (message: ToVu) => void): void;
}

/** A wait of the thread for some of the messages. */
export interface Wait {
  isOver(): boolean;
  isFor(message: ToVu): boolean;
  /** Takes a message that the wait is for. */
  take(message: ToVu): void;
  /** Milliseconds until `onDue` has something to do; absent: never. */
  dueInMs?(): number;
  onDue?(): void;
}

/** @param arrivals counts the messages to the thread; the engine wakes the thread after each */
export function createLine(port: MessagePort, arrivals: SharedArrayBuffer): Line {
  const count = new Int32Array(arrivals);
  const later: ToVu[] = [];
  let handle: (message: ToVu) => void = () => {};

  /** The next message; undefined if none has come in time. */
  function next(waitMs: number): ToVu | undefined {
    for (;;) {
      const seen = Atomics.load(count, 0);
      const received = receiveMessageOnPort(port) as { message: ToVu } | undefined;
      if (received) return received.message;
      if (Atomics.wait(count, 0, seen, waitMs) === 'timed-out') return undefined;
    }
  }

  function handleLater(): void {
    for (let message = later.shift(); message; message = later.shift()) handle(message);
  }

  return {
    post: (message, transfer = []) => port.postMessage(message, transfer),
    waitUntil(wait) {
      while (!wait.isOver()) {
        const dueInMs = wait.dueInMs?.() ?? Number.POSITIVE_INFINITY;
        // A timer and a message take turns, so that neither keeps the other waiting.
        if (dueInMs <= 0) {
          wait.onDue?.();
          if (wait.isOver()) return;
        }
        const kept = later.findIndex((message) => wait.isFor(message));
        const message = kept === -1 ? next(Math.max(0, dueInMs)) : later.splice(kept, 1)[0];
        if (message === undefined) continue;
        if (wait.isFor(message)) wait.take(message);
        else if (later.push(message) === 1) setImmediate(handleLater);
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
