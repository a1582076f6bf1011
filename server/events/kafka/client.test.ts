import { expect, it, vi } from 'vitest';
import { describeWithKafka } from '../../../test/kafka.ts';
import { createKafkaClient } from './client.ts';
import type { Message } from './message.ts';

const message = (topic: string, value: string): Message => ({
  ...{ topic, key: 'SHOE', value, headers: {} },
});

describeWithKafka('the client of Kafka', (broker) => {
  it('does not look again and again into queues in which nothing waits', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const client = createKafkaClient({
      ...{ brokers: [broker().brokers], clientId: 'test' },
      ...{ onDown() {}, onUp() {} },
    });
    await client.createTopics({ boots: 1 }, 1);
    await client.publish([message('boots', '[]')]);
    await client.publish([message('boots', '[]')]);
    await client.close();
    const delays = timers.mock.calls.map(([, ms = 0]) => ms);
    timers.mockRestore();
    expect(delays.filter((ms) => ms < 0)).toEqual([]);
  });

  it('S4.8 tells brokers that refuse from brokers that are away', async () => {
    const heard: string[] = [];
    const client = createKafkaClient({
      ...{ brokers: [broker().brokers], clientId: 'test' },
      onDown: () => heard.push('down'),
      onUp: () => heard.push('up'),
    });
    const refusalOf = (work: Promise<void>) =>
      work.then(
        () => 'done',
        (error) => error.message,
      );
    await client.createTopics({ shoes: 1 }, 1);
    const tooLarge = [message('shoes', '[]'), message('shoes', '.'.repeat(3_000_000))];
    expect(await refusalOf(client.publish(tooLarge))).toBe('Kafka refuses: MESSAGE_TOO_LARGE');
    expect(await refusalOf(client.createTopics({ hats: 1 }, 3))).toBe(
      'Kafka refuses: INVALID_REPLICATION_FACTOR',
    );
    expect(heard).toEqual([]);

    await broker().kill();
    expect(await refusalOf(client.publish([message('shoes', '[]')]))).toBe('Kafka is away');
    expect(heard).toEqual(['down']);
    await broker().restart();
    expect(await refusalOf(client.publish([message('shoes', '[]')]))).toBe('done');
    expect(heard).toEqual(['down', 'up']);
    await client.close();
  });
});
