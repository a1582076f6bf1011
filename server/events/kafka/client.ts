import type { Admin, Kafka, Producer } from 'kafkajs';
import { type Consumption, consumeGroup } from './consume.ts';
import { inParts, type Message } from './message.ts';
import { ANSWER_WITHIN_MS, CONNECT_WITHIN_MS, RETRY } from './timing.ts';

/** The brokers could not be reached, or did not answer in time. */
export class KafkaAway extends Error {
  constructor(cause: unknown) {
    super('Kafka is away', { cause });
    this.name = 'KafkaAway';
  }
}

/** The Kafka client as the events need it. While the brokers are away, every call rejects within seconds with `KafkaAway`. */
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
  clientId: string;
  onDown(error: unknown): void;
  onUp(): void;
}): KafkaClient {
  const { brokers, clientId, onDown, onUp } = options;
  let loading: Promise<Kafka> | undefined;
  const kafkajs = () => (loading ??= loadKafka({ brokers, clientId }));
  let producer: Promise<Producer> | undefined;
  let isDown = false;

  return {
    createTopics: (partitions, replicationFactor) =>
      administer((admin) => createMissingTopics(admin, partitions, replicationFactor)),
    async publish(messages) {
      const connected = connectProducer();
      await askBrokers(async () => {
        const producer = await connected;
        for (const part of inParts(messages)) {
          await producer.sendBatch({
            acks: -1,
            timeout: ANSWER_WITHIN_MS,
            topicMessages: groupByTopic(part),
          });
        }
      });
    },
    async consume(consumption) {
      await consumeGroup(await kafkajs(), consumption, { onJoined: noteUp, noteDown });
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

  function noteDown(error: unknown): KafkaAway {
    if (!isDown) onDown(error);
    isDown = true;
    return new KafkaAway(error);
  }

  /** Runs a call to the brokers, and notes by its result whether they are up. */
  async function askBrokers<T>(call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      noteUp();
      return answer;
    } catch (error) {
      throw noteDown(error);
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

async function loadKafka(client: { brokers: string[]; clientId: string }): Promise<Kafka> {
  const { default: kafkajs } = await import('kafkajs');
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

function groupByTopic(messages: Message[]): { topic: string; messages: Message[] }[] {
  const byTopic = new Map<string, Message[]>();
  for (const message of messages) {
    const ofTopic = byTopic.get(message.topic);
    if (ofTopic === undefined) byTopic.set(message.topic, [message]);
    else ofTopic.push(message);
  }
  return [...byTopic].map(([topic, ofTopic]) => ({ topic, messages: ofTopic }));
}
