import type { Socket } from 'node:net';
import type { Clock } from '../../kernel/clock.ts';
import { createDelayLine } from './delay-line.ts';

/**
 * Joins two sockets as if they were one: bytes of the shop pass at once, those of the dependency so much later. An end, or a
 * connection that breaks, is passed on like bytes. Both sockets must allow one half to end before the other.
 */
export function joinSockets(options: {
  shop: Socket;
  dependency: Socket;
  widenMs: number;
  clock: Clock;
  /** Told the delay of an answer when its first bytes are passed on. */
  onAnswer(delayMs: number): void;
  /** The dependency could not be reached. */
  onUnreachable(error: Error): void;
}): void {
  const { shop, dependency, widenMs, clock, onAnswer, onUnreachable } = options;
  const line = createDelayLine({
    ...{ delayMs: widenMs, out: shop, clock },
    onRoom: () => dependency.resume(),
  });
  // A dependency may speak first, as MySQL does; what it says then is an answer to the connection.
  let isAsked = true;
  let isReached = false;

  shop.on('data', () => {
    isAsked = true;
  });
  // Waits while the dependency takes no more, and passes the end on.
  shop.pipe(dependency);
  shop.on('error', () => dependency.resetAndDestroy());
  shop.on('close', () => {
    line.stop();
    dependency.destroy();
  });

  dependency.on('connect', () => {
    isReached = true;
  });
  dependency.on('data', (bytes) => {
    const hasRoom = line.push(bytes, isAsked ? onAnswer : undefined);
    isAsked = false;
    if (!hasRoom) dependency.pause();
  });
  dependency.on('end', () => line.after(() => shop.end()));
  dependency.on('error', (error) => {
    if (isReached) line.after(() => shop.resetAndDestroy());
    else {
      onUnreachable(error);
      shop.resetAndDestroy();
    }
  });
}
