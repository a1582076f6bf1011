import * as z from 'zod';
import type { Access } from '../events/kafka/access.ts';
import { oneOf, refuseConfig, whole } from './forms.ts';

export const kafkaVariables = {
  KAFKA_BROKERS: z
    .string()
    .regex(/^[\w.-]+:\d+(,[\w.-]+:\d+)*$/, 'must look like host:9092,host:9092')
    .transform((list) => list.split(','))
    .optional(),
  KAFKA_REPLICATION_FACTOR: whole(1, 10).default(1),
  KAFKA_TLS: oneOf(['on', 'off']).default('off'),
  KAFKA_TLS_CA_FILE: z.string().optional(),
  KAFKA_TLS_CERT_FILE: z.string().optional(),
  KAFKA_TLS_KEY_FILE: z.string().optional(),
  KAFKA_SASL_MECHANISM: oneOf(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_SASL_PASSWORD_FILE: z.string().optional(),
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
    kafkaAccess: { tls: readTls(read), sasl: readSasl(read) },
  };
}

function readTls(read: Read): Access['tls'] {
  const { KAFKA_TLS_CA_FILE: caFile } = read;
  const { KAFKA_TLS_CERT_FILE: certFile, KAFKA_TLS_KEY_FILE: keyFile } = read;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw refuseConfig(
      ['KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE are of use only together'],
      'set both or neither',
    );
  }
  if (read.KAFKA_TLS === 'off') {
    if (caFile === undefined && certFile === undefined) return undefined;
    throw refuseConfig(
      ['there are files for TLS with Kafka, and KAFKA_TLS is off'],
      'set KAFKA_TLS=on, or leave KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE out',
    );
  }
  const own = certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile };
  return { caFile, own };
}

function readSasl(read: Read): Access['sasl'] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = read;
  const { KAFKA_SASL_PASSWORD: text, KAFKA_SASL_PASSWORD_FILE: file } = read;
  if ([mechanism, username, text, file].every((value) => value === undefined)) return undefined;
  if (
    mechanism === undefined ||
    username === undefined ||
    (text === undefined) === (file === undefined)
  ) {
    throw refuseConfig(
      ['a login at Kafka needs a mechanism, a user and one password'],
      'set KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, and KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE; or none of them',
    );
  }
  if (mechanism === 'plain' && read.KAFKA_TLS === 'off') {
    throw refuseConfig(
      [
        'KAFKA_SASL_MECHANISM is plain and KAFKA_TLS is off: the password would be sent for all to read',
      ],
      'set KAFKA_TLS=on, or a mechanism that sends no password, as scram-sha-512',
    );
  }
  const password = text !== undefined ? { text } : { file: file as string };
  return { mechanism, username, password };
}
