import { setTimeout as delay } from 'node:timers/promises';
import type { HistoryFile } from '../../history/recorder.ts';
import type { Clock } from '../../kernel/clock.ts';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { Resource } from '../../stack/resource.ts';
import type { RunOptions } from '../context.ts';
import type { RunEvent } from '../events.ts';
import type { SalePlan } from './sale-plan.ts';

/**
 * Only a Redis that the run started itself is emptied: any other may hold somebody's data.
 *
 * @throws UserError (usage) when the plan wants Redis to lose its data, and this run starts none
 */
export function assertRedisIsOurs(
  { redisAmnesia }: Pick<SalePlan, 'redisAmnesia'>,
  scenario: string,
  { targets, redis, redisUrl }: Pick<RunOptions, 'targets' | 'redis' | 'redisUrl'>,
): void {
  if (redisAmnesia === undefined) return;
  const refuse = (why: string, next: string): never => {
    throw UserError.usage(`${scenario} makes Redis lose all its data in the middle of the sale`, {
      why,
      next,
    });
  };
  if (targets !== undefined) {
    refuse(
      'only a Redis that the run started itself is emptied, and the servers of --target have their own',
      'leave --target out and add --redis',
    );
  }
  if (redisUrl !== undefined) {
    refuse(
      'only a Redis that the run started itself is emptied, and the one of --redis-url may hold other data',
      'leave --redis-url (and REDIS_URL) out and add --redis',
    );
  }
  if (redis === false) refuse('this run has no Redis', 'add --redis');
}

/** Makes Redis lose its data at the times of the plan, counted from the start. Stopping it cancels what is left. */
export function redisAmnesia(
  plan: NonNullable<SalePlan['redisAmnesia']>,
  deps: {
    /** Makes Redis lose all its data. */
    empty(): Promise<void>;
    clock: Pick<Clock, 'monotonicNs'>;
    history: Pick<HistoryFile, 'fault'>;
    onEvent(event: RunEvent): void;
  },
): Resource<void> {
  const { empty, clock, history, onEvent } = deps;
  const stopped = new AbortController();
  let forgetting = Promise.resolve();

  async function forget(): Promise<void> {
    const { signal } = stopped;
    for (let time = 1; time <= plan.times; time += 1) {
      await delay(time === 1 ? plan.afterMs : plan.everyMs, undefined, { signal });
      try {
        await empty();
        history.fault({ name: 'redis-emptied', atNs: clock.monotonicNs() });
        onEvent({ type: 'log', line: `Redis lost all its data (${time} of ${plan.times})` });
      } catch (error) {
        onEvent({ type: 'log', line: `Redis could not be emptied: ${rootMessage(error)}` });
      }
    }
  }

  return {
    name: 'the amnesia of Redis',
    async start() {
      forgetting = forget().catch((error) => {
        if (!stopped.signal.aborted) throw error;
      });
    },
    async stop() {
      stopped.abort();
      await forgetting;
    },
  };
}
