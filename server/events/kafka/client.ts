import type { Admin, Kafka, KafkaConfig, Producer } from 'kafkajs';
import { groupBy } from '../../../src/kernel/group-by.ts';
import { type Consumption, consumeGroup } from './consume.ts';
import { KafkaAway, type KafkaRefused, toKafkaFailure } from './failure.ts';
import { mendIdleQueues } from './idle-queues.ts';
import { inParts, type Message } from './message.ts';
import { ANSWER_WITHIN_MS, CONNECT_WITHIN_MS, RETRY } from './timing.ts';

/**
 * The Kafka client as the events need it. While the brokers are away, every call rejects within seconds with `KafkaAway`;
 * one that they refuse rejects with `KafkaRefused`.
 */
export interface KafkaClient {
  /** Creates the topics that do not exist; existing ones stay as they are. */
  createTopics(partitions: Record<string, number>, replicationFactor: number): Promise<void>;
  /** Resolves when all in-sync replicas have the messages. After a failure the brokers may have some of them all the same. */
  publish(messages: Message[]): Promise<void>;
  /**
   * Reads topics in a consumer group, from their beginning when the group is new, and passes the messages on in batches of
   * at most `batchMax`: those of a partition one after another, those of several partitions at the same time. A batch
   * counts as read when `onBatch` has resolved; otherwise it comes again.
   *
   * Resolves when `signal` is aborted and the batch under way is handled. Rejects with the error of `onBatch` when that
   * fails again and again.
   */
  consume(consumption: Consumption): Promise<void>;
  /** Rejects when no broker answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The client on kafkajs, which is loaded at the first call: most servers have no Kafka. `onDown` and `onUp` are called once
 * per change.
 */
export function createKafkaClient(options: {
  brokers: string[];
  /** TLS and the login; absent: the brokers let everybody in. */
  access?: Pick<KafkaConfig, 'ssl' | 'sasl'>;
  clientId: string;
  onDown(error: unknown): void;
  onUp(): void;
}): KafkaClient {
  const { brokers, access, clientId, onDown, onUp } = options;
  let loading: Promise<Kafka> | undefined;
  const kafkajs = () => (loading ??= loadKafka({ brokers, clientId, ...access }));
  let producer: Promise<Producer> | undefined;
  let isDown = false;

  return {
    createTopics: (partitions, replicationFactor) =>
      administer((admin) => createMissingTopics(admin, partitions, replicationFactor)),
    async publish(messages) {
      const connected = connectProducer();
      await askBrokers(async () => {
        await sendInOrder(await connected, messages);
      });
    },
    async consume(consumption) {
      await consumeGroup(await kafkajs(), consumption, { onJoined: noteUp, noteFailure });
    },
    ping: () =>
      administer(async (admin) => {
        await admin.describeCluster();
      }),
    async close() {
      await producer?.then((connected) => connected.disconnect()).catch(() => {});
    },
  };

  function noteUp(): void {
    if (isDown) onUp();
    isDown = false;
  }

  /** Notes by a failed call whether the brokers are up: those that refuse are. */
  function noteFailure(error: unknown): KafkaAway | KafkaRefused {
    const failure = toKafkaFailure(error);
    if (!(failure instanceof KafkaAway)) {
      noteUp();
      return failure;
    }
    if (!isDown) onDown(error);
    isDown = true;
    return failure;
  }

  /** Runs a call to the brokers, and notes by its result whether they are up. */
  async function askBrokers<T>(call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      noteUp();
      return answer;
    } catch (error) {
      throw noteFailure(error);
    }
  }

  function administer<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    return askBrokers(async () => {
      const admin = (await kafkajs()).admin();
      try {
        await admin.connect();
        return await work(admin);
      } finally {
        await admin.disconnect().catch(() => {});
      }
    });
  }

  /** The one connected producer. After a failure the next call connects anew. */
  function connectProducer(): Promise<Producer> {
    producer ??= kafkajs().then(connectNewProducer);
    const connected = producer.catch((error) => {
      producer = undefined;
      throw error;
    });
    connected.catch(() => {});
    return connected;
  }
}

async function loadKafka(
  client: Pick<KafkaConfig, 'brokers' | 'clientId' | 'ssl' | 'sasl'>,
): Promise<Kafka> {
  const { default: kafkajs } = await import('kafkajs');
  await mendIdleQueues();
  const { Kafka, logLevel } = kafkajs;
  return new Kafka({
    ...client,
    connectionTimeout: CONNECT_WITHIN_MS,
    requestTimeout: ANSWER_WITHIN_MS,
    retry: RETRY,
    // kafkajs logs a failure at every attempt; `onDown` reports it once.
    logLevel: logLevel.NOTHING,
  });
}

async function connectNewProducer(kafka: Kafka): Promise<Producer> {
  const { default: kafkajs } = await import('kafkajs');
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return producer;
}

async function createMissingTopics(
  admin: Admin,
  partitions: Record<string, number>,
  replicationFactor: number,
): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = Object.entries(partitions).filter(([topic]) => !existing.has(topic));
  if (missing.length === 0) return;
  await admin.createTopics({
    waitForLeaders: true,
    topics: missing.map(([topic, numPartitions]) => ({
      ...{ topic, numPartitions, replicationFactor },
    })),
  });
}

/**
 * Sends messages part by part, so that those of a key keep their order. Parts of several topics go in one request, which a group
 * of these topics then reads by one request, too.
 */
async function sendInOrder(producer: Producer, messages: Message[]): Promise<void> {
  const topics = [...groupBy(messages, ({ topic }) => topic)].map(([topic, ofTopic]) =>
    inParts(ofTopic).map((part) => ({ topic, messages: part })),
  );
  const rounds = Math.max(0, ...topics.map((parts) => parts.length));
  for (let round = 0; round < rounds; round += 1) {
    const topicMessages = topics.flatMap((parts) => parts[round] ?? []);
    await producer.sendBatch({ topicMessages, acks: -1, timeout: ANSWER_WITHIN_MS });
  }
}
