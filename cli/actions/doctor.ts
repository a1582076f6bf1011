import { statfs } from 'node:fs/promises';
import type { Command } from 'commander';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { accessVariablesIn } from '../../src/protocol/kafka-access.ts';
import { findFreePort } from '../../src/stack/processes/free-port.ts';
import { probeDatabase } from '../../src/stack/services/database.ts';
import { findKafka, kafkaHomeByDefault } from '../../src/stack/services/find-kafka.ts';
import { probeKafka } from '../../src/stack/services/kafka.ts';
import { assertRuns, findPostgres } from '../../src/stack/services/postgres-binaries.ts';
import { findPrometheus } from '../../src/stack/services/prometheus.ts';
import { findRedisServer, probeRedis } from '../../src/stack/services/redis.ts';
import { readStackState } from '../../src/stack/state-file.ts';
import { temporaryFolder } from '../../src/stack/temporary-folder.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { type Settings, settingsOf } from '../settings.ts';

interface Finding {
  name: string;
  ok: boolean;
  /** Set when it was not found and a run does not need it. */
  missing?: true;
  detail: string;
  /** The next step of the user, when it is not there. */
  remedy?: string;
}

const NODE_MIN = [20, 19] as const;
/** Room for an empty cluster with its log, the database of a run and its history. */
const SPACE_BYTES_MIN = 500e6;

/** Reports what this machine has for a run, with a remedy for what is missing. */
export async function examineMachine(command: Command, context: CliContext): Promise<void> {
  const { settings } = await settingsOf(command, context);
  const findings = [
    node(),
    await attempt('PostgreSQL', () => postgres(settings.databaseUrl)),
    await attempt('ports', async () => `a free one is ${await findFreePort()}`),
    await space(),
    await optional('Redis', '--redis', settings.redisUrl, () => redis(settings)),
    await optional('Kafka', '--kafka', settings.kafkaBrokers, () => kafka(settings, context.env)),
    await optional('Prometheus', 'dashboards', undefined, findPrometheus),
    await stack(context.cwd),
  ];
  if (command.optsWithGlobals<GlobalFlags>().json) {
    context.document(findings);
  } else {
    for (const { name, ok, missing, detail, remedy } of findings) {
      context.stdout.write(`${missing ? '–' : ok ? '✓' : '✗'} ${name.padEnd(12)}${detail}\n`);
      if (remedy !== undefined) context.stdout.write(`  next: ${remedy}\n`);
    }
  }
  if (findings.some(({ ok }) => !ok)) context.exit(ExitCode.environment);
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  const remedy = ok ? undefined : `install Node ${NODE_MIN.join('.')} or newer`;
  return { name: 'Node', ok, detail: process.version, remedy };
}

async function postgres(databaseUrl: string | undefined): Promise<string> {
  if (databaseUrl !== undefined) return `${await probeDatabase(databaseUrl)}, from DATABASE_URL`;
  const binaries = await findPostgres();
  await assertRuns(binaries);
  const { version, runAs } = binaries;
  const user = runAs === undefined ? '' : ', run as the system user postgres';
  return `${version}, from npm${user}`;
}

async function space(): Promise<Finding> {
  const folder = temporaryFolder();
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const ok = free >= SPACE_BYTES_MIN;
  return {
    name: 'space',
    ok,
    detail: `${(free / 1e9).toFixed(1)} GB free in ${folder}`,
    remedy: ok ? undefined : 'free 500 MB there, or set TMPDIR to a folder with space',
  };
}

async function redis({ redisUrl }: Settings): Promise<string> {
  if (redisUrl !== undefined) return `${await probeRedis(redisUrl)}, from REDIS_URL`;
  return `${await findRedisServer()}, from PATH`;
}

async function kafka(
  { kafkaBrokers, kafkaHome }: Settings,
  env: CliContext['env'],
): Promise<string> {
  if (kafkaBrokers !== undefined) {
    return `${await probeKafka(kafkaBrokers, accessVariablesIn(env))}, from KAFKA_BROKERS`;
  }
  const home = kafkaHome ?? kafkaHomeByDefault();
  const { version, java } = await findKafka(home);
  return `${version} in ${home}, run by Java ${java}`;
}

async function stack(cwd: string): Promise<Finding> {
  const running = await readStackState(cwd);
  const detail = running
    ? `up, ${running.targets.join(', ')}`
    : 'none runs here; run starts its own';
  return { name: 'stack', ok: true, detail };
}

/** A service that a run can do without is no obstacle, unless the settings name one and it does not answer. */
async function optional(
  name: string,
  purpose: string,
  given: string | undefined,
  look: () => Promise<string>,
): Promise<Finding> {
  const finding = await attempt(name, look);
  if (finding.ok || given !== undefined) return finding;
  return { ...finding, ok: true, missing: true, detail: `only for ${purpose}: ${finding.detail}` };
}

async function attempt(name: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    if (!(error instanceof UserError)) return { name, ok: false, detail: rootMessage(error) };
    return { name, ok: false, detail: `${error.message}: ${error.why}`, remedy: error.next };
  }
}
