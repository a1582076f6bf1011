import type { FaultName } from '../../history/fault.ts';
import { UserError } from '../../kernel/errors.ts';
import type { RunOptions } from '../context.ts';
import type { SalePlan } from '../sale/sale-plan.ts';
import { faultsOf } from './fault-plan.ts';

type Services = Pick<
  RunOptions,
  'targets' | 'redis' | 'redisUrl' | 'kafka' | 'kafkaBrokers' | 'databaseUrl' | 'faults' | 'seed'
>;

/** The reason why a run does not have the thing that a fault breaks, and how it would; undefined where it has it. */
const WHY_NOT: Record<
  FaultName,
  (services: Services, hasProvider: boolean) => [why: string, next: string] | undefined
> = {
  'redis-emptied': whyNoRedis,
  'redis-killed': whyNoRedis,
  'postgres-killed': ({ databaseUrl }) =>
    databaseUrl === undefined
      ? undefined
      : [
          'only a PostgreSQL that the run started itself is killed, and the one of --database-url may hold other data',
          'leave --database-url (and DATABASE_URL) out',
        ],
  'kafka-killed': ({ kafka, kafkaBrokers }) => {
    if (kafkaBrokers !== undefined) {
      return [
        'only a Kafka that the run started itself is killed, and others may use that of --kafka-brokers',
        'leave --kafka-brokers (and KAFKA_BROKERS) out and add --kafka',
      ];
    }
    return kafka ? undefined : ['this run has no Kafka', 'add --kafka'];
  },
  'payments-killed': whyNoProvider,
  'payments-paused': whyNoProvider,
  'media-killed': () => undefined,
  'smtp-killed': () => undefined,
  'smtp-refused': () => undefined,
  'server-killed': () => undefined,
  'server-paused': () => undefined,
};

function whyNoProvider(_: Services, hasProvider: boolean): [why: string, next: string] | undefined {
  return hasProvider
    ? undefined
    : [
        'its servers simulate the payments themselves',
        'choose a scenario with payments of its own, as late-payment or tickets',
      ];
}

function whyNoRedis({ redis, redisUrl }: Services): [why: string, next: string] | undefined {
  if (redisUrl !== undefined) {
    return [
      'only a Redis that the run started itself is broken, and the one of --redis-url may hold other data',
      'leave --redis-url (and REDIS_URL) out and add --redis',
    ];
  }
  return redis === false ? ['this run has no Redis', 'add --redis'] : undefined;
}

/**
 * Only what the run started itself is ever broken: anything else may hold somebody's data.
 *
 * @throws UserError (usage) when a fault is planned for something that this run does not start
 */
export function assertFaultsAreOurs(
  plan: Pick<SalePlan, 'redisAmnesia' | 'payments'>,
  scenario: string,
  services: Services,
): void {
  const refuse = (what: string, [why, next]: [why: string, next: string]): never => {
    throw UserError.usage(`${scenario} cannot break ${what}`, { why, next });
  };
  const planned = faultsOf(plan, services);
  if (services.targets !== undefined && (planned.length > 0 || services.faults !== undefined)) {
    refuse('anything here', [
      'only what the run started itself is broken, and the servers of --target run already',
      'leave --target out',
    ]);
  }
  for (const { name } of planned) {
    const objection = WHY_NOT[name](services, plan.payments !== undefined);
    if (objection !== undefined) refuse(name.replace(/-\w+$/, ''), objection);
  }
}
