import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createKafkaClient } from '../../server/events/kafka/client.ts';
import { describeWithKafka } from '../../test/kafka.ts';
import { startDependencies } from '../stack/dependencies.ts';
import { createScope } from '../stack/resource.ts';
import { readAccess, readAccessVariables } from './kafka-access.ts';

const folder = mkdtempSync(join(tmpdir(), 'kafka-access-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
const passwordFile = join(folder, 'password');
const [USER, PASSWORD] = ['shop', 'no-secret'];

execFileSync(
  'openssl',
  [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyFile, '-out', certFile],
  ],
  { stdio: 'pipe' },
);
writeFileSync(passwordFile, `${PASSWORD}\n`);

/** A value of more than one line in a file of Java's properties. */
const inOneLine = (file: string): string => readFileSync(file, 'utf8').replaceAll('\n', '\\n');
const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule required';
const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';

const door = {
  settings: {
    'listener.security.protocol.map': 'SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'SASL_SSL',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    'listener.name.sasl_ssl.plain.sasl.jaas.config': `${plain} username="broker" password="own" user_broker="own" user_${USER}="${PASSWORD}";`,
    'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': scram,
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': scram,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': inOneLine(certFile),
    'ssl.keystore.key': inOneLine(keyFile),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.certificates': inOneLine(certFile),
  },
  format: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
    '--add-scram',
    `${mechanism}=[name=${USER},password=${PASSWORD}]`,
  ]),
};

describeWithKafka(
  'S4.8 brokers that let in only who comes over TLS and logs in',
  (broker) => {
    /** Publishes a message; answers with `done` or the reason why that failed. */
    async function publish(access: Parameters<typeof readAccess>[0]): Promise<string> {
      const client = createKafkaClient({
        ...{ brokers: [broker().brokers], clientId: 'test', access: readAccess(access) },
        ...{ onDown() {}, onUp() {} },
      });
      const message = { topic: 'shoes', key: 'SHOE', value: '[]', headers: {} };
      const done = await client
        .createTopics({ shoes: 1 }, 1)
        .then(() => client.publish([message]))
        .then(() => 'done')
        .catch((error) => String(error.cause));
      await client.close();
      return done;
    }
    const tls = { caFile: certFile };
    const password = { text: PASSWORD };

    it('take messages of a client with the right certificate and password, by each mechanism', async () => {
      const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
      for (const mechanism of mechanisms) {
        expect(await publish({ tls, sasl: { mechanism, username: USER, password } })).toBe('done');
      }
      const fromFile = {
        mechanism: 'plain',
        username: USER,
        password: { file: passwordFile },
      } as const;
      expect(await publish({ tls, sasl: fromFile })).toBe('done');
    });

    it('take none of others', async () => {
      const sasl = { mechanism: 'plain', username: USER, password } as const;
      expect(await publish({ tls, sasl: { ...sasl, password: { text: 'wrong' } } })).toMatch(
        /auth/i,
      );
      expect(await publish({ tls: {}, sasl })).toMatch(/self.signed certificate/);
      expect(await publish({ sasl })).not.toBe('done');
    });

    it('let in the servers of a run, which get the variables that let the run in', async () => {
      const login = {
        ...{ KAFKA_TLS: 'on', KAFKA_TLS_CA_FILE: certFile, KAFKA_SASL_MECHANISM: 'scram-sha-256' },
        ...{ KAFKA_SASL_USERNAME: USER, KAFKA_SASL_PASSWORD_FILE: passwordFile },
      };
      const kafkaBrokers = broker().brokers;
      const start = (kafkaAccess?: Record<string, string>) =>
        startDependencies(
          {
            ...{ instances: 1, strategy: 'batched', unsafe: false, keep: false, holdTtlMs: 1_000 },
            ...{ redis: false, kafka: false, kafkaBrokers, kafkaAccess, onEvent() {} },
          },
          { scope: createScope(), folder },
        );
      expect((await start(login)).env).toEqual({ KAFKA_BROKERS: kafkaBrokers, ...login });
      await expect(start()).rejects.toMatchObject({
        ...{ exitCode: 3, next: expect.stringContaining('KAFKA_TLS') },
      });
    });
  },
  door,
);

it('S4.8 a variable of a wrong form is named', () => {
  expect(() => readAccessVariables({ KAFKA_SASL_MECHANISM: 'gssapi' })).toThrow(
    expect.objectContaining({ exitCode: 2, why: expect.stringContaining('KAFKA_SASL_MECHANISM') }),
  );
});

it('S4.8 a file that cannot be read is named with its variable', () => {
  expect(() => readAccess({ tls: { caFile: join(folder, 'nowhere.pem') } })).toThrow(
    expect.objectContaining({ exitCode: 2, why: expect.stringContaining('KAFKA_TLS_CA_FILE') }),
  );
});
