import { describeWithKafka } from '../../test/kafka.ts';
import { describeEventTransport, silent } from './event-transport.contract.ts';
import { createKafkaClient } from './kafka-client.ts';
import { createKafkaLog } from './kafka-transport.ts';

describeWithKafka('over Kafka', (broker) => {
  describeEventTransport(
    'Kafka',
    (deps) =>
      createKafkaLog({
        ...deps,
        kafka: createKafkaClient({
          ...{ brokers: [broker().brokers], clientId: 'test' },
          ...{ onDown() {}, onUp() {} },
        }),
        ...{ replicationFactor: 1, pollIntervalMs: 5, roles: { relay: true, worker: true } },
        onPublished() {},
        log: silent,
      }),
    { begin: () => broker().kill(), end: () => broker().restart() },
  );
});
