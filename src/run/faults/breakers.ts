import type { FaultName } from '../../history/fault.ts';
import { emptyRedis } from '../../stack/services/redis.ts';
import type { RunningStack } from '../../stack/stack.ts';

/** Breaks something, and answers with how to undo that; a fault that is over at once, or is undone by others, has nothing. */
export type Breaker = () => Promise<(() => Promise<void>) | undefined>;

/** The faults that a stack can have: only what it started itself is ever broken. */
export function breakersOf({
  parts,
}: Pick<RunningStack, 'parts'>): Partial<Record<FaultName, Breaker>> {
  const { postgres, redis, kafka, payments, servers } = parts;
  let turn = 0;
  const nextServer = () => servers[turn++ % servers.length];
  const outage = (program: { kill(): Promise<void>; restart(): Promise<void> }): Breaker => {
    return async () => {
      await program.kill();
      return () => program.restart();
    };
  };
  return {
    // The stack itself starts a server again that died.
    'server-killed': async () => {
      await nextServer()?.kill();
      return undefined;
    },
    'server-paused': async () => nextServer()?.pause(),
    ...(postgres && { 'postgres-killed': outage(postgres) }),
    ...(kafka && { 'kafka-killed': outage(kafka) }),
    ...(redis && {
      'redis-killed': outage(redis),
      'redis-emptied': async () => {
        await emptyRedis(redis.url);
        return undefined;
      },
    }),
    ...(payments && {
      'payments-killed': async () => {
        await payments.kill();
        return undefined;
      },
    }),
  };
}
