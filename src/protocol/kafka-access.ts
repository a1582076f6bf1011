import { readFileSync } from 'node:fs';
import type { KafkaConfig } from 'kafkajs';
import * as z from 'zod';
import { rootMessage, UserError } from '../kernel/errors.ts';

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** The variables of the server that name the way in which brokers let it in. */
export const accessVariables = {
  KAFKA_TLS: z.enum(['on', 'off'], 'must be on or off').default('off'),
  KAFKA_TLS_CA_FILE: z.string().optional(),
  KAFKA_TLS_CERT_FILE: z.string().optional(),
  KAFKA_TLS_KEY_FILE: z.string().optional(),
  KAFKA_SASL_MECHANISM: z.enum(MECHANISMS, `must be one of ${MECHANISMS.join(', ')}`).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_SASL_PASSWORD_FILE: z.string().optional(),
};

const Variables = z.object(accessVariables);
type Read = z.output<typeof Variables>;

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
    mechanism: (typeof MECHANISMS)[number];
    username: string;
    /** The password, or the file that contains it. */
    password: { text: string } | { file: string };
  };
}

/** @throws UserError (exit 2) for half of what belongs together, and for a password that would be sent for all to read */
export function accessOf(read: Read): Access {
  return { tls: tlsOf(read), sasl: saslOf(read) };
}

/** Those of an environment's variables, for a server that is to get in as well; empty ones count as not set. */
export function accessVariablesIn(env: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.keys(accessVariables).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
}

/**
 * Reads such variables and the files that they name, and answers with what kafkajs takes.
 *
 * @throws UserError (exit 2) when they are wrong, or a file cannot be read
 */
export function readAccessVariables(
  variables: Record<string, string>,
): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const parsed = Variables.safeParse(variables);
  if (parsed.success) return readAccess(accessOf(parsed.data));
  const issue = parsed.error.issues[0];
  throw refuse(`${String(issue?.path[0])} ${issue?.message}`, 'correct it');
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

function tlsOf(read: Read): Access['tls'] {
  const { KAFKA_TLS_CA_FILE: caFile } = read;
  const { KAFKA_TLS_CERT_FILE: certFile, KAFKA_TLS_KEY_FILE: keyFile } = read;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw refuse(
      'KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE are of use only together',
      'set both or neither',
    );
  }
  if (read.KAFKA_TLS === 'off') {
    if (caFile === undefined && certFile === undefined) return undefined;
    throw refuse(
      'there are files for TLS with Kafka, and KAFKA_TLS is off',
      'set KAFKA_TLS=on, or leave KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE out',
    );
  }
  const own = certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile };
  return { caFile, own };
}

function saslOf(read: Read): Access['sasl'] {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = read;
  const { KAFKA_SASL_PASSWORD: text, KAFKA_SASL_PASSWORD_FILE: file } = read;
  if ([mechanism, username, text, file].every((value) => value === undefined)) return undefined;
  if (
    mechanism === undefined ||
    username === undefined ||
    (text === undefined) === (file === undefined)
  ) {
    throw refuse(
      'a login at Kafka needs a mechanism, a user and one password',
      'set KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, and KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE; or none of them',
    );
  }
  if (mechanism === 'plain' && read.KAFKA_TLS === 'off') {
    throw refuse(
      'KAFKA_SASL_MECHANISM is plain and KAFKA_TLS is off: the password would be sent for all to read',
      'set KAFKA_TLS=on, or a mechanism that sends no password, as scram-sha-512',
    );
  }
  const password = text !== undefined ? { text } : { file: file as string };
  return { mechanism, username, password };
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
    throw refuse(
      `${variable} names a file that cannot be read: ${rootMessage(cause)}`,
      `correct ${variable}, or let this user read the file`,
      cause,
    );
  }
}

const refuse = (why: string, next: string, cause?: unknown): UserError =>
  UserError.usage('Kafka cannot be reached with this configuration', { why, next, cause });
