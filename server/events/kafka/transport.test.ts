import { describeWithKafka } from '../../../test/kafka.ts';
import { silentLog } from '../../../test/silent-log.ts';
import { describeEventTransport } from '../event-transport.contract.ts';
import { createKafkaClient } from './client.ts';
import { createKafkaTransport } from './transport.ts';

describeWithKafka('over Kafka', (broker) => {
  describeEventTransport(
    'Kafka',
    (deps) =>
      createKafkaTransport({
        ...deps,
        kafka: createKafkaClient({
          ...{ brokers: [broker().brokers], clientId: 'test' },
          ...{ onDown() {}, onUp() {} },
        }),
        ...{ replicationFactor: 1, pollIntervalMs: 5, roles: { relay: true, worker: true } },
        onPublished() {},
        nowMs: () => Date.now(),
        log: silentLog,
      }),
    { begin: () => broker().kill(), end: () => broker().restart() },
  );
});
