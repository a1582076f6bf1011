import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { assetPath } from '../../kernel/assets.ts';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { findFreePort } from '../processes/free-port.ts';
import { createProgram, type Program } from '../processes/program.ts';
import type { Resource } from '../resource.ts';

export interface KafkaBroker extends Program {
  /** `host:port`, as clients take it. */
  brokers: string;
}

const JAVA_VERSION_MIN = 17;
const POM = 'tools/kafka/pom.xml';
/** Enough for tests of one machine; compiled lightly, the broker is there in two seconds. */
const JVM = [
  ...['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
  '-Dorg.apache.logging.log4j.level=INFO',
];

/** Where Kafka's jars lie unless somebody says otherwise. */
export function kafkaHomeByDefault(): string {
  const version = /<kafka\.version>(.+?)</.exec(readFileSync(assetPath(POM), 'utf8'))?.[1];
  return join(homedir(), '.cache/flashsale-cli', `kafka-${version}`);
}

/**
 * One Kafka broker of our own (KRaft, its own controller) on free loopback ports. It comes back on the same port with
 * its data when it was killed.
 */
export function createKafkaBroker(options: {
  /** The run's folder; the data goes into a folder of its own below. */
  folder: string;
  /** Folder of the broker's jars. */
  home: string;
  keepData?: boolean;
  onDeath?(why: string): void;
}): Resource<KafkaBroker> {
  const { folder, home, keepData = false } = options;
  const data = join(folder, 'kafka');
  const properties = join(data, 'server.properties');
  const java = (...args: string[]) => ({
    file: 'java',
    args: [...JVM, '-cp', join(home, '*'), ...args],
  });
  /** The file names ports because its syntax wants some; the command line names those that are used. */
  const listeners = (port: number, controllerPort: number) => ({
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
  });

  const program = createProgram({
    name: 'Kafka',
    folder,
    folderName: 'kafka',
    keepData,
    async prepare() {
      await findKafka(home);
      const settings = { ...BROKER, ...listeners(9092, 9093), 'log.dirs': join(data, 'logs') };
      await writeFile(properties, toLines(settings).join('\n'));
      return java('kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties);
    },
    async serve(port) {
      const own = toLines(listeners(port, await findFreePort()));
      return java('kafka.Kafka', properties, ...own.flatMap((line) => ['--override', line]));
    },
    readyWhen: 'Kafka Server started',
    portTakenWhen: 'Address already in use',
    // Its orderly shutdown takes seconds, which data thrown away is not worth.
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

/** Sixteen bytes. By chance they would at times begin with a dash, which the tool takes for an option. */
const CLUSTER_ID = Buffer.from('flashsale-broker').toString('base64url');

const BROKER = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  // There is nobody to replicate to.
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.num.partitions': '4',
  // The first consumer of a group need not wait for a second.
  'group.initial.rebalance.delay.ms': '0',
  // A killed broker may come back once its former life counts as over.
  'broker.heartbeat.interval.ms': '200',
  'broker.session.timeout.ms': '1000',
};

const toLines = (settings: Record<string, string>): string[] =>
  Object.entries(settings).map(([name, value]) => `${name}=${value}`);

/**
 * How many brokers stand behind these addresses.
 *
 * @throws UserError (environment) when none answers
 */
export async function probeKafka(brokers: string): Promise<string> {
  const kafka = new Kafka({
    brokers: brokers.split(','),
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
      next: 'check KAFKA_BROKERS, or unset it and add --kafka to start a broker here',
      cause,
    });
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/**
 * The version of the broker whose jars lie in `home`, and that of the Java to run it.
 *
 * @throws UserError (environment) when one of them is missing, or Java is too old
 */
export async function findKafka(home: string): Promise<{ version: string; java: string }> {
  const notThere = (why: string, next: string, cause?: unknown) =>
    UserError.environment('there is no Kafka to start', {
      why,
      next: `${next}; or give the brokers you have with --kafka-brokers`,
      cause,
    });

  const installJava = `install Java ${JAVA_VERSION_MIN} or later (apt-get install openjdk-17-jre-headless, brew install openjdk)`;
  const { stderr } = await promisify(execFile)('java', ['-version']).catch((cause) => {
    throw notThere('java cannot be run', installJava, cause);
  });
  const java = /version "([^"]+)"/.exec(stderr)?.[1] ?? 'of no known version';
  if (!(Number.parseInt(java, 10) >= JAVA_VERSION_MIN)) {
    throw notThere(`java on PATH is ${java}`, installJava);
  }

  const jars = existsSync(home) ? readdirSync(home).join('\n') : '';
  const version = /^kafka_2\.13-(.+)\.jar$/m.exec(jars)?.[1];
  if (version === undefined) {
    throw notThere(
      `its jars are not in ${home}`,
      `get them (mvn -f ${assetPath(POM)} dependency:copy-dependencies -DoutputDirectory=${home})`,
    );
  }
  return { version, java };
}
