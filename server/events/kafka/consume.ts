import { once } from 'node:events';
import type { EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import type { Message } from './message.ts';
import { RETRY } from './timing.ts';

/** A subscription of one consumer group. */
export interface Consumption {
  group: string;
  topics: string[];
  batchMax: number;
  onBatch(messages: Message[]): Promise<void>;
  signal: AbortSignal;
}

/** A consumer that died is noticed after this time; the others of its group take over its partitions. */
const SESSION_MS = 6000;
const HEARTBEAT_MS = 1000;
/** The longest time a read waits at the broker for messages; the end of a consumer waits for it. */
const READ_WAITS_MS = 500;

/**
 * Consumes topics in a group until `signal` is aborted, see `KafkaClient.consume`. Throws the error of `onBatch`, or
 * else the error that `noteDown` makes of the failure.
 */
export async function consumeGroup(
  kafka: Kafka,
  { group, topics, batchMax, onBatch, signal }: Consumption,
  observer: { onJoined(): void; noteDown(error: unknown): Error },
): Promise<void> {
  const consumer = kafka.consumer({
    groupId: group,
    allowAutoTopicCreation: false,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: READ_WAITS_MS,
    // A consumer that survives a short outage keeps its place in the group; a new one must wait for the old one to expire.
    retry: { ...RETRY, retries: 8, restartOnFailure: async () => false },
  });
  const crash = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  });
  crash.catch(() => {});
  consumer.on(consumer.events.GROUP_JOIN, observer.onJoined);

  let failureOfBatch: { error: unknown } | undefined;
  const handleBatch = async (messages: Message[]): Promise<void> => {
    failureOfBatch = undefined;
    try {
      await onBatch(messages);
    } catch (error) {
      failureOfBatch = { error };
      throw error;
    }
  };
  try {
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({
      eachBatchAutoResolve: false,
      eachBatch: (payload) => handleInParts(payload, batchMax, handleBatch),
    });
    if (!signal.aborted) await Promise.race([crash, once(signal, 'abort')]);
  } catch (error) {
    throw failureOfBatch === undefined ? observer.noteDown(error) : failureOfBatch.error;
  } finally {
    await consumer.disconnect().catch(() => {});
  }
}

async function handleInParts(
  { batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload,
  batchMax: number,
  handle: (messages: Message[]) => Promise<void>,
): Promise<void> {
  // A batch may take longer than the group waits for a heartbeat.
  const heartbeats = setInterval(() => void heartbeat().catch(() => {}), HEARTBEAT_MS);
  try {
    for (let from = 0; from < batch.messages.length; from += batchMax) {
      if (!isRunning() || isStale()) return;
      const part = batch.messages.slice(from, from + batchMax);
      await handle(part.map((message) => readMessage(batch.topic, message)));
      resolveOffset(part.at(-1)!.offset);
    }
  } finally {
    clearInterval(heartbeats);
  }
}

const readMessage = (topic: string, { key, value, headers }: KafkaMessage): Message => ({
  topic,
  key: String(key),
  value: String(value),
  headers: Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]),
  ),
});
