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
/** Partitions whose messages are handled at the same time. */
const PARTITIONS_AT_ONCE = 16;
/** The brokers are told this often up to where events were handled. kafkajs would tell them after each read of each partition. */
const COMMIT_MS = 1000;
/** The longest time a read waits at the broker for messages; the end of a consumer waits for it. */
const READ_WAITS_MS = 500;

/**
 * Consumes topics in a group until `signal` is aborted, see `KafkaClient.consume`. Throws the error of `onBatch`, or
 * else the error that `noteFailure` makes of the failure.
 *
 * Offsets are committed every second and at the end. After a crash, messages of the last second come again, as those come
 * that were handled and not committed yet.
 */
export async function consumeGroup(
  kafka: Kafka,
  { group, topics, batchMax, onBatch, signal }: Consumption,
  observer: { onJoined(): void; noteFailure(error: unknown): Error },
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

  /** The partitions whose last batch failed. */
  const failures = new Map<string, unknown>();
  const handleBatch = async (partition: string, messages: Message[]): Promise<void> => {
    failures.delete(partition);
    try {
      await onBatch(messages);
    } catch (error) {
      failures.set(partition, error);
      throw error;
    }
  };
  let commit: () => Promise<void> = async () => {};
  // A commit that fails is made good by the next one, and brokers that are away are noticed by the reads.
  const commits = setInterval(() => void commit().catch(() => {}), COMMIT_MS);
  try {
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      async eachBatch(payload) {
        commit = () => payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
        await handleInParts(payload, batchMax, handleBatch);
        if (!payload.isRunning()) await commit().catch(() => {});
      },
    });
    if (!signal.aborted) await Promise.race([crash, once(signal, 'abort')]);
    await commit().catch(() => {});
  } catch (error) {
    const [failureOfBatch] = failures.values();
    throw failures.size === 0 ? observer.noteFailure(error) : failureOfBatch;
  } finally {
    clearInterval(commits);
    await consumer.disconnect().catch(() => {});
  }
}

async function handleInParts(
  { batch, resolveOffset, heartbeat, isRunning, isStale }: EachBatchPayload,
  batchMax: number,
  handle: (partition: string, messages: Message[]) => Promise<void>,
): Promise<void> {
  const name = `${batch.topic}/${batch.partition}`;
  // A batch may take longer than the group waits for a heartbeat.
  const heartbeats = setInterval(() => void heartbeat().catch(() => {}), HEARTBEAT_MS);
  try {
    for (let from = 0; from < batch.messages.length; from += batchMax) {
      if (!isRunning() || isStale()) return;
      const part = batch.messages.slice(from, from + batchMax);
      const messages = part.map((message) => readMessage(batch.topic, message));
      await handle(name, messages);
      resolveOffset(part.at(-1)!.offset);
    }
  } finally {
    clearInterval(heartbeats);
  }
}

const readMessage = (topic: string, { key, value, headers }: KafkaMessage): Message => ({
  topic,
  key: String(key),
  value: value ?? '',
  headers: Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]),
  ),
});
