import { once } from 'node:events';
import { type Admin, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';

/** A message as it lies in a topic. Messages of one key keep their order. */
export interface Message {
  topic: string;
  key: string;
  value: string;
  headers: Record<string, string>;
}

/** The brokers could not be reached, or did not do what was asked in time. */
export class KafkaAway extends Error {
  constructor(cause: unknown) {
    super('Kafka is away', { cause });
    this.name = 'KafkaAway';
  }
}

/** All that is needed of a Kafka client. Where brokers are away every call rejects within seconds with `KafkaAway`. */
export interface KafkaClient {
  /** Makes topics that are not there; those that are stay as they are. */
  createTopics(partitions: Record<string, number>, replicationFactor: number): Promise<void>;
  /** Resolves when all replicas in sync have the messages. After a failure they may be there all the same. */
  publish(messages: Message[]): Promise<void>;
  /**
   * Reads topics in a consumer group, from their beginning when the group is new, and hands on what comes in batches of
   * at most `batchMax`, one after another. A batch counts as read when `onBatch` has resolved; else it comes again.
   *
   * Resolves when `signal` is aborted and the batch under way is through. Rejects with what `onBatch` threw, when that
   * did so again and again.
   */
  consume(options: {
    group: string;
    topics: string[];
    batchMax: number;
    onBatch(messages: Message[]): Promise<void>;
    signal: AbortSignal;
  }): Promise<void>;
  /** Rejects when no broker answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const CONNECT_WITHIN_MS = 1000;
const ANSWER_WITHIN_MS = 5000;
/** Whoever calls tries again by himself; a few quick tries spare him the change of a leader. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1000, retries: 3 };
/** A consumer that is gone is missed after this; the others of its group take over its partitions. */
const SESSION_MS = 6000;
const HEARTBEAT_MS = 1000;
/** How long a read with nothing to read stays at the broker; ending a consumer waits for it. */
const READ_WAITS_MS = 500;

/** The client on kafkajs. `onDown` and `onUp` are told once of each change. */
export function createKafkaClient(options: {
  brokers: string[];
  clientId: string;
  onDown(error: unknown): void;
  onUp(): void;
}): KafkaClient {
  const { brokers, clientId, onDown, onUp } = options;
  const kafka = new Kafka({
    brokers,
    clientId,
    connectionTimeout: CONNECT_WITHIN_MS,
    requestTimeout: ANSWER_WITHIN_MS,
    retry: RETRY,
    // It repeats itself at every attempt; the callers say once what is wrong.
    logLevel: logLevel.NOTHING,
  });
  let producer: Promise<Producer> | undefined;
  let isDown = false;

  function works(): void {
    if (isDown) onUp();
    isDown = false;
  }

  function fails(error: unknown): KafkaAway {
    if (!isDown) onDown(error);
    isDown = true;
    return new KafkaAway(error);
  }

  /** Does what needs a broker, and learns from it whether there is one. */
  async function ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      const answer = await work();
      works();
      return answer;
    } catch (error) {
      throw fails(error);
    }
  }

  async function connectProducer(): Promise<Producer> {
    const created = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await created.connect();
    return created;
  }

  const administer = <T>(work: (admin: Admin) => Promise<T>): Promise<T> =>
    ask(async () => {
      const admin = kafka.admin();
      try {
        await admin.connect();
        return await work(admin);
      } finally {
        await admin.disconnect().catch(() => {});
      }
    });

  return {
    createTopics: (partitions, replicationFactor) =>
      administer(async (admin) => {
        const there = new Set(await admin.listTopics());
        const missing = Object.entries(partitions).filter(([topic]) => !there.has(topic));
        if (missing.length === 0) return;
        await admin.createTopics({
          waitForLeaders: true,
          topics: missing.map(([topic, numPartitions]) => ({
            ...{ topic, numPartitions, replicationFactor },
          })),
        });
      }),

    async publish(messages) {
      producer ??= connectProducer();
      const connected = producer.catch((error) => {
        producer = undefined;
        throw error;
      });
      connected.catch(() => {});
      const byTopic = new Map<string, Message[]>();
      for (const message of messages) {
        byTopic.set(message.topic, [...(byTopic.get(message.topic) ?? []), message]);
      }
      await ask(async () =>
        (await connected).sendBatch({
          acks: -1,
          timeout: ANSWER_WITHIN_MS,
          topicMessages: [...byTopic].map(([topic, ofTopic]) => ({ topic, messages: ofTopic })),
        }),
      );
    },

    async consume({ group, topics, batchMax, onBatch, signal }) {
      const consumer = kafka.consumer({
        groupId: group,
        allowAutoTopicCreation: false,
        sessionTimeout: SESSION_MS,
        heartbeatInterval: HEARTBEAT_MS,
        maxWaitTimeInMs: READ_WAITS_MS,
        // A consumer that rides out a short outage keeps its place; a new one waits until the old one is given up.
        retry: { ...RETRY, retries: 8, restartOnFailure: async () => false },
      });
      let ownFailure: { error: unknown } | undefined;
      const crash = new Promise<never>((_, reject) => {
        consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      });
      crash.catch(() => {});
      consumer.on(consumer.events.GROUP_JOIN, works);
      try {
        await consumer.connect();
        await consumer.subscribe({ topics, fromBeginning: true });
        await consumer.run({
          eachBatchAutoResolve: false,
          async eachBatch({ batch, resolveOffset, heartbeat, isRunning, isStale }) {
            // A batch may take longer than the group waits for a sign of life.
            const alive = setInterval(() => void heartbeat().catch(() => {}), HEARTBEAT_MS);
            try {
              for (let from = 0; from < batch.messages.length; from += batchMax) {
                if (!isRunning() || isStale()) return;
                const part = batch.messages.slice(from, from + batchMax);
                ownFailure = undefined;
                await onBatch(
                  part.map(({ key, value, headers }) => ({
                    topic: batch.topic,
                    key: String(key),
                    value: String(value),
                    headers: Object.fromEntries(
                      Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]),
                    ),
                  })),
                ).catch((error) => {
                  ownFailure = { error };
                  throw error;
                });
                resolveOffset(part.at(-1)!.offset);
              }
            } finally {
              clearInterval(alive);
            }
          },
        });
        if (!signal.aborted) await Promise.race([crash, once(signal, 'abort')]);
      } catch (error) {
        throw ownFailure === undefined ? fails(error) : ownFailure.error;
      } finally {
        await consumer.disconnect().catch(() => {});
      }
    },

    ping: () =>
      administer(async (admin) => {
        await admin.describeCluster();
      }),

    async close() {
      await producer?.then((connected) => connected.disconnect()).catch(() => {});
    },
  };
}
