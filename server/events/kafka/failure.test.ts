import { expect, it } from 'vitest';
import { toKafkaFailure } from './failure.ts';

/** An error of kafkajs that wraps the answer of a broker, or has none. */
const wrapping = (cause?: object): Error =>
  new Error('tried in vain', { cause: cause && Object.assign(new Error('answer'), cause) });

it('tells brokers that refuse from brokers that are away', () => {
  const failures = [
    wrapping(),
    wrapping({ type: 'MESSAGE_TOO_LARGE', retriable: false }),
    wrapping({ type: 'UNKNOWN_TOPIC_OR_PARTITION', retriable: true }),
    wrapping({ type: 'LEADER_NOT_AVAILABLE', retriable: true }),
    new Error('given up', {
      cause: wrapping({ type: 'TOPIC_AUTHORIZATION_FAILED', retriable: false }),
    }),
    Object.assign(new Error('several'), {
      errors: [wrapping({ type: 'INVALID_REPLICATION_FACTOR', retriable: false })],
    }),
    'not even an error',
  ];
  expect(failures.map((error) => toKafkaFailure(error).message)).toEqual([
    'Kafka is away',
    'Kafka refuses: MESSAGE_TOO_LARGE',
    'Kafka refuses: UNKNOWN_TOPIC_OR_PARTITION',
    'Kafka is away',
    'Kafka refuses: TOPIC_AUTHORIZATION_FAILED',
    'Kafka refuses: INVALID_REPLICATION_FACTOR',
    'Kafka is away',
  ]);
});
