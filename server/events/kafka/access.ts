import { readFileSync } from 'node:fs';
import type { KafkaConfig } from 'kafkajs';
import { rootMessage, UserError } from '../../../src/kernel/errors.ts';

/** The way in which brokers let a client in, as settings name it. */
export interface Access {
  /** Absent: connections are not encrypted. */
  tls?: {
    /** PEM file of who signed the certificates of the brokers; absent: those that Node trusts. */
    caFile?: string;
    /** PEM files of a certificate of this client's own and its key, for brokers that ask for one. */
    own?: { certFile: string; keyFile: string };
  };
  /** Absent: the brokers ask for no password. */
  sasl?: {
    mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    username: string;
    /** The password, or the file that contains it. */
    password: { text: string } | { file: string };
  };
}

/**
 * Reads the files that settings name, and answers with what kafkajs takes.
 *
 * @throws UserError (exit 2) when a file cannot be read
 */
export function readAccess({ tls, sasl }: Access): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  return {
    ...(tls && {
      ssl: {
        ...(tls.caFile && { ca: readText('KAFKA_TLS_CA_FILE', tls.caFile) }),
        ...(tls.own && {
          cert: readText('KAFKA_TLS_CERT_FILE', tls.own.certFile),
          key: readText('KAFKA_TLS_KEY_FILE', tls.own.keyFile),
        }),
      },
    }),
    ...(sasl && { sasl: readLogin(sasl) }),
  };
}

function readLogin({ mechanism, username, password }: NonNullable<Access['sasl']>) {
  const text =
    'text' in password
      ? password.text
      : // Editors end a file with a new line, and no password has one.
        readText('KAFKA_SASL_PASSWORD_FILE', password.file).replace(/\r?\n$/, '');
  return { mechanism, username, password: text } as KafkaConfig['sasl'];
}

function readText(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw UserError.usage('the server cannot reach Kafka with this configuration', {
      why: `${variable} names a file that cannot be read: ${rootMessage(cause)}`,
      next: `correct ${variable}, or let the user of the server read the file`,
      cause,
    });
  }
}
