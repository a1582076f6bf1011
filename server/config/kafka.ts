import * as z from 'zod';
import { type Access, accessOf, accessVariables } from '../../src/protocol/kafka-access.ts';
import { whole } from './forms.ts';

export const kafkaVariables = {
  KAFKA_BROKERS: z
    .string()
    .regex(/^[\w.-]+:\d+(,[\w.-]+:\d+)*$/, 'must look like host:9092,host:9092')
    .transform((list) => list.split(','))
    .optional(),
  KAFKA_REPLICATION_FACTOR: whole(1, 10).default(1),
  ...accessVariables,
};

export interface KafkaConfig {
  /** Absent: this server itself delivers the events. */
  kafkaBrokers?: string[];
  /** Copies of each topic that this server creates; not more than there are brokers. */
  kafkaReplicationFactor: number;
  kafkaAccess: Access;
}

type Read = z.output<z.ZodObject<typeof kafkaVariables>>;

/** @throws UserError (exit 2) for half of what belongs together, and for a password that would be sent for all to read */
export function readKafka(read: Read): KafkaConfig {
  return {
    kafkaBrokers: read.KAFKA_BROKERS,
    kafkaReplicationFactor: read.KAFKA_REPLICATION_FACTOR,
    kafkaAccess: accessOf(read),
  };
}
