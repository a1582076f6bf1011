import type { FaultName } from '../../history/fault.ts';
import type { MediaFolder } from '../../stack/services/media-folder.ts';
import { emptyRedis } from '../../stack/services/redis.ts';
import type { RunningStack } from '../../stack/stack.ts';

/** Undoes a fault, and answers with the number of calls that met it, where they are counted. */
export type Undo = () => Promise<number | undefined>;

/** Breaks something, and answers with how to undo that; a fault that is over at once, or is undone by others, has nothing. */
export type Breaker = () => Promise<Undo | undefined>;

/**
 * The faults that a stack can have: only what it started itself is ever broken.
 *
 * @param showPictures has the servers keep some pictures, and answers with the number of those that have no place yet
 */
export function breakersOf(
  { parts }: Pick<RunningStack, 'parts'>,
  showPictures: () => Promise<number>,
): Partial<Record<FaultName, Breaker>> {
  const { postgres, redis, kafka, payments, smtp, servers, media } = parts;
  let turn = 0;
  const nextServer = () => servers[turn++ % servers.length];
  const outage = (program: { kill(): Promise<void>; restart(): Promise<void> }): Breaker => {
    return async () => {
      await program.kill();
      return undoneBy(program.restart);
    };
  };
  // The stack itself starts a program of ours again that died.
  const crash = (program: { kill(): Promise<void> } | undefined): Breaker => {
    return async () => {
      await program?.kill();
      return undefined;
    };
  };
  return {
    'server-killed': () => crash(nextServer())(),
    'server-paused': async () => undoneBy(nextServer()?.pause()),
    'media-killed': () => loseFolder(media, showPictures),
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
      'payments-killed': crash(payments),
      'payments-paused': async () => undoneBy(payments.pause()),
    }),
    ...(smtp && { 'smtp-killed': crash(smtp), 'smtp-refused': smtp.refuse }),
  };
}

const undoneBy =
  (undo: (() => Promise<void>) | undefined): Undo =>
  async () => {
    await undo?.();
    return undefined;
  };

/** Loses the folder of the images, and has pictures be shown meanwhile. */
async function loseFolder(media: MediaFolder, showPictures: () => Promise<number>): Promise<Undo> {
  const bringBack = await media.lose();
  try {
    const waiting = await showPictures();
    return async () => {
      await bringBack();
      return waiting;
    };
  } catch (error) {
    await bringBack();
    throw error;
  }
}
