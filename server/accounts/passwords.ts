import bcrypt from 'bcrypt';

export interface Passwords {
  hash(password: string): Promise<string>;
  /**
   * Compares a password with a hash. Without a hash (an unknown user, or one who cannot log in) the comparison takes just
   * as long and fails, so that its time does not reveal which usernames exist.
   */
  matches(password: string, hash: string | null | undefined): Promise<boolean>;
}

/**
 * Hashes and compares passwords with bcrypt on libuv's threads, never on the event loop. At most `concurrency` hashes run
 * at a time: DNS and files need these threads, too, so many logins at once must not occupy all of them.
 */
export function createPasswords(options: { cost: number; concurrency?: number }): Passwords {
  const takeTurn = createTurns(options.concurrency ?? 2);
  const hash = (password: string) => takeTurn(() => bcrypt.hash(password, options.cost));
  const dummyHash = hash('the password of nobody');

  return {
    hash,
    async matches(password, known) {
      const against = known ?? (await dummyHash);
      const same = await takeTurn(() => bcrypt.compare(password, against));
      return same && typeof known === 'string';
    },
  };
}

/** Runs at most `concurrency` tasks at a time, in the order of their calls. */
function createTurns(concurrency: number) {
  let running = 0;
  const waiting: (() => void)[] = [];

  return async function takeTurn<T>(task: () => Promise<T>): Promise<T> {
    if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      // The turn passes directly to the next task, so that a new call cannot overtake the waiting ones.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
