import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../src/kernel/errors.ts';
import { createScope } from '../src/stack/resource.ts';
import { runFolder } from '../src/stack/run-folder.ts';
import { kafkaHomeByDefault } from '../src/stack/services/find-kafka.ts';
import { createKafkaBroker } from '../src/stack/services/kafka.ts';
import { createPrometheus } from '../src/stack/services/prometheus.ts';
import { createRedisServer } from '../src/stack/services/redis.ts';

/**
 * Runs the services of `tools/services` until it gets a signal. Its argument is a file, which gets the variables that
 * lead to the services.
 */
const [, , envFile = ''] = process.argv;
const scope = createScope();
const end = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve);
});

try {
  const folder = await scope.start(runFolder({ keep: false }));
  const home = process.env.FLASHSALE_KAFKA_HOME || kafkaHomeByDefault();
  const configFile = join(folder, 'prometheus.yml');
  await writeFile(configFile, 'global: { scrape_interval: 1s }\n');
  const [redis, kafka, prometheus] = await Promise.all([
    scope.start(createRedisServer({ folder, durable: true })),
    scope.start(createKafkaBroker({ folder, home })),
    scope.start(createPrometheus({ folder, configFile })),
  ]);
  const env = `export REDIS_URL=${redis.url}
export KAFKA_BROKERS=${kafka.brokers}
export PROMETHEUS_URL=${prometheus.url}
`;
  await writeFile(`${envFile}.part`, env);
  await rename(`${envFile}.part`, envFile);
  await end;
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}: ${error.why}\nnext: ${error.next}\n`);
  process.exitCode = error.exitCode;
} finally {
  await scope.stop();
}
