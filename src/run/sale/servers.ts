import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { StackOptions } from '../../stack/options.ts';
import { runFolder } from '../../stack/run-folder.ts';
import { createStack, type RunningStack } from '../../stack/stack.ts';
import type { RunDeps, RunOptions } from '../context.ts';

/** The servers that a sale runs on. */
export interface Servers {
  /** Base URL of each instance. */
  targets: string[];
  adminToken: string;
  /** Folder for the files of the run. */
  folder: string;
  /** Database of the stack; absent for servers that the run did not start. */
  databaseUrl?: string;
  /** The parts of the stack that the run started. */
  parts?: RunningStack['parts'];
  /** Names of the folders and databases that stay after the run, for the user. */
  kept: string[];
}

/** The options of a run, and what its scenario wants of the servers. */
type StartOptions = RunOptions & Pick<StackOptions, 'payments' | 'mails'>;

const TARGET_TIMEOUT_MS = 5_000;

/** Describes the servers of a run before they are opened. */
export function describeServers(options: RunOptions): string {
  if (options.targets !== undefined) return 'the target';
  const { redis, redisUrl, kafka, kafkaBrokers } = options;
  const parts = ['PostgreSQL'];
  if (redis === true || redisUrl !== undefined) parts.push('Redis');
  if (kafka || kafkaBrokers !== undefined) parts.push('Kafka');
  return `${parts.join(', ')} and the server`;
}

/**
 * Starts a stack, or checks that the given targets are ready.
 *
 * @throws UserError when the stack does not start, a target is not ready, or its administrator's token is missing
 */
export async function openServers(
  options: StartOptions,
  deps: Pick<RunDeps, 'onEvent' | 'scope' | 'abandon'>,
): Promise<Servers> {
  const { targets } = options;
  return targets === undefined
    ? startStack(options, deps)
    : useTargets({ ...options, targets }, deps);
}

function startStack(
  options: StartOptions,
  { onEvent, scope, abandon }: Pick<RunDeps, 'onEvent' | 'scope' | 'abandon'>,
): Promise<Servers> {
  return scope.start(
    createStack({
      ...options,
      onEvent(event) {
        onEvent({ type: 'stack', event });
        if (event.type !== 'database_died') return;
        // Servers without their database give no answers that are worth waiting for.
        abandon(
          UserError.environment('the database died in the middle of the run', {
            why: event.why,
            next: 'run again with --keep and look into the run folder',
          }),
        );
      },
    }),
  );
}

async function useTargets(
  { targets, adminToken, keep }: RunOptions & { targets: string[] },
  { scope }: Pick<RunDeps, 'scope'>,
): Promise<Servers> {
  await Promise.all(targets.map(assertIsReady));
  if (adminToken === undefined) {
    throw UserError.usage('a server that already runs is seeded through its admin API', {
      why: 'no administrator’s token was given',
      next: 'add --admin-token TOKEN, or set FLASHSALE_ADMIN_TOKEN',
    });
  }
  const folder = await scope.start(runFolder({ keep }));
  return { targets, adminToken, folder, kept: keep ? [folder] : [] };
}

async function assertIsReady(target: string): Promise<void> {
  try {
    const signal = AbortSignal.timeout(TARGET_TIMEOUT_MS);
    const answer = await fetch(`${target}/health/ready`, { signal });
    if (answer.ok) return;
    throw new Error(`/health/ready answered ${answer.status}`);
  } catch (cause) {
    throw UserError.environment(`${target} is not ready`, {
      why: rootMessage(cause),
      next: 'start it (flashsale-cli up), correct --target, or leave --target out to start one',
      cause,
    });
  }
}
