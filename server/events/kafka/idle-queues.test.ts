import { expect, it } from 'vitest';
import { mendIdleQueues } from './idle-queues.ts';

it('mends the queues of kafkajs once, whoever asks for it and how often', async () => {
  // @ts-expect-error kafkajs has types for its entrance alone.
  const { default: Queue } = await import('kafkajs/src/network/requestQueue/index.js');
  const { scheduleCheckPendingRequests: before } = Queue.prototype;
  await Promise.all([mendIdleQueues(), mendIdleQueues()]);
  const { scheduleCheckPendingRequests: mended } = Queue.prototype;
  expect(mended).not.toBe(before);
  await mendIdleQueues();
  expect(Queue.prototype.scheduleCheckPendingRequests).toBe(mended);
});
