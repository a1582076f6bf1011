import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { readAccessVariables } from '../../protocol/kafka-access.ts';
import { findFreePort } from '../processes/free-port.ts';
import { createProgram, type Program } from '../processes/program.ts';
import type { Resource } from '../resource.ts';
import { findKafka } from './find-kafka.ts';

export interface KafkaBroker extends Program {
  /** Address for clients: `host:port`. */
  brokers: string;
}

/** A listener of the protocol SASL_SSL. */
export interface GuardedDoor {
  /** Settings of the broker for it: certificate, mechanisms, users. */
  settings: Record<string, string>;
  /** Further arguments with which its data are formatted, such as users. */
  format: string[];
}

/** Enough memory for tests on one machine. With the light compiler alone the broker starts in two seconds. */
const JVM = [
  ...['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
  '-Dorg.apache.logging.log4j.level=INFO',
];

/**
 * A Kafka broker of our own (KRaft, its own controller) on free loopback ports. A restart after a kill keeps its port
 * and its data.
 */
export function createKafkaBroker(options: {
  /** The run's folder; the data are written to a subfolder. */
  folder: string;
  /** Folder with the broker's jars. */
  home: string;
  keepData?: boolean;
  /** Lets in only clients that come over TLS and log in; absent: whoever reaches it. */
  door?: GuardedDoor;
  onDeath?(why: string): void;
}): Resource<KafkaBroker> {
  const { folder, home, keepData = false, door } = options;
  const protocol = door === undefined ? 'PLAINTEXT' : 'SASL_SSL';
  const data = join(folder, 'kafka');
  const properties = join(data, 'server.properties');
  const java = (...args: string[]) => ({
    file: 'java',
    args: [...JVM, '-cp', join(home, '*'), ...args],
  });
  /** The properties file must name ports, but those on the command line override them. */
  const listeners = (port: number, controllerPort: number) => ({
    listeners: `${protocol}://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `${protocol}://127.0.0.1:${port}`,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
  });

  const program = createProgram({
    name: 'Kafka',
    folder,
    folderName: 'kafka',
    keepData,
    async prepare(run) {
      await findKafka(home);
      const settings = {
        ...{ ...BROKER, ...door?.settings },
        ...{ ...listeners(9092, 9093), 'log.dirs': join(data, 'logs') },
      };
      await writeFile(properties, toLines(settings).join('\n'));
      const format = ['format', '-t', CLUSTER_ID, '-c', properties, ...(door?.format ?? [])];
      await run(java('kafka.tools.StorageTool', ...format));
    },
    async serve(port) {
      const own = toLines(listeners(port, await findFreePort()));
      return java('kafka.Kafka', properties, ...own.flatMap((line) => ['--override', line]));
    },
    readyWhen: 'Kafka Server started',
    portTakenWhen: 'Address already in use',
    // An orderly shutdown takes seconds, and protects data that are thrown away.
    stopSignal: keepData ? 'SIGTERM' : 'SIGKILL',
    isComplaint: (line) => /\b(error|fatal)\b|exception:/i.test(line),
    next: 'run flashsale-cli doctor, or give the brokers you have with --kafka-brokers',
    onDeath: options.onDeath,
  });

  return {
    name: 'Kafka',
    async start() {
      const broker = await program.start();
      return { ...broker, brokers: `127.0.0.1:${broker.port}` };
    },
    stop: () => program.stop(),
  };
}

/**
 * Sixteen bytes. They are not random, because a random id may begin with a dash, which the tool takes for an option.
 */
const CLUSTER_ID = Buffer.from('flashsale-broker').toString('base64url');

const BROKER = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  // A single broker has no other to replicate to.
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.num.partitions': '4',
  // The first consumer of a group does not wait for a second one.
  'group.initial.rebalance.delay.ms': '0',
  // A killed broker can register again only after the session of its former process has timed out.
  'broker.heartbeat.interval.ms': '200',
  'broker.session.timeout.ms': '1000',
};

const toLines = (settings: Record<string, string>): string[] =>
  Object.entries(settings).map(([name, value]) => `${name}=${value}`);

/**
 * Asks for the number of brokers behind these addresses.
 *
 * @param access variables with which they let a server in; none for brokers that are open to all
 * @throws UserError (environment) when none answers, or lets us in; (usage) when the variables are wrong
 */
export async function probeKafka(
  brokers: string,
  access: Record<string, string> = {},
): Promise<string> {
  const guarded = readAccessVariables(access);
  const { default: kafkajs } = await import('kafkajs');
  const { Kafka, logLevel } = kafkajs;
  const kafka = new Kafka({
    brokers: brokers.split(','),
    ...guarded,
    connectionTimeout: 2_000,
    retry: { retries: 1 },
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { length } = (await admin.describeCluster()).brokers;
    return `Kafka, ${length} ${length === 1 ? 'broker' : 'brokers'}`;
  } catch (cause) {
    throw UserError.environment(`Kafka at ${brokers} cannot be used`, {
      why: rootMessage(cause),
      next: 'check KAFKA_BROKERS, and KAFKA_TLS and KAFKA_SASL_MECHANISM if the brokers guard themselves; or unset it and add --kafka to start a broker here',
      cause,
    });
  } finally {
    await admin.disconnect().catch(() => {});
  }
}
