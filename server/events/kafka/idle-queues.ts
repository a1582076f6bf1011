/** The part of kafkajs' queue of requests that is mended; each connection to a broker has such a queue. */
interface RequestQueue {
  pending: unknown[];
  scheduleCheckPendingRequests(): void;
}

let mended: Promise<void> | undefined;

/**
 * Mends a fault of kafkajs 2.2.4: a queue in which nothing waits is looked into again every millisecond, for ever
 * (https://github.com/tulios/kafkajs/issues/1704). Servers have some twenty connections, two for each consumer group. A queue in
 * which something waits is looked into as before.
 */
export function mendIdleQueues(): Promise<void> {
  mended ??= mend();
  return mended;
}

async function mend(): Promise<void> {
  // @ts-expect-error kafkajs has types for its entrance alone.
  const { default: Queue } = await import('kafkajs/src/network/requestQueue/index.js');
  const queue: RequestQueue = Queue.prototype;
  const { scheduleCheckPendingRequests } = queue;
  queue.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
}
