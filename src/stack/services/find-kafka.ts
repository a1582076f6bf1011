import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { assetPath } from '../../kernel/assets.ts';
import { UserError } from '../../kernel/errors.ts';

const JAVA_VERSION_MIN = 17;
const POM = 'tools/kafka/pom.xml';

/** Default folder of Kafka's jars. */
export function kafkaHomeByDefault(): string {
  const version = /<kafka\.version>(.+?)</.exec(readFileSync(assetPath(POM), 'utf8'))?.[1];
  return join(homedir(), '.cache/flashsale-cli', `kafka-${version}`);
}

/**
 * Finds the version of the broker whose jars are in `home`, and the version of the Java that runs it.
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
