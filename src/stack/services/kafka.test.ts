import { Kafka, logLevel } from 'kafkajs';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { describeWithKafka } from '../../../test/kafka.ts';
import { until } from '../../../test/until.ts';
import { isRunning } from '../processes/is-running.ts';
import { makeRunFolder, removeRunFolder } from '../run-folder.ts';
import { createKafkaBroker } from './kafka.ts';

let folder: string;
beforeEach(async () => {
  folder = await makeRunFolder();
});
afterEach(() => removeRunFolder(folder));

/** Reads a topic from its beginning until it has given `count` messages. */
async function readTopic(kafka: Kafka, topic: string, count: number): Promise<string[]> {
  const consumer = kafka.consumer({ groupId: `reader-${Math.random()}` });
  const values: string[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      async eachMessage({ message }) {
        values.push(String(message.value));
      },
    });
    await until(() => values.length >= count);
    return values;
  } finally {
    await consumer.disconnect();
  }
}

describeWithKafka('a Kafka broker', (broker) => {
  it('keeps its messages and its port through a kill', async () => {
    const { brokers, kill, restart } = broker();
    const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: 'orders', acks: -1, messages: [{ key: 'shoe', value: 'sold' }] });
    await producer.disconnect();
    expect(await readTopic(kafka, 'orders', 1)).toEqual(['sold']);

    await kill();
    await restart();
    expect(await readTopic(kafka, 'orders', 1)).toEqual(['sold']);
  });

  it('C.1 leaves no process behind', async () => {
    const resource = createKafkaBroker({ folder, home: inject('kafkaHome') as string });
    const pid = (await resource.start()).pid() as number;
    await resource.stop();
    expect(isRunning(pid)).toBe(false);
  });
});
