import bcrypt from 'bcrypt';

export interface Passwords {
  hash(password: string): Promise<string>;
  /**
   * Whether the password belongs to the hash. Without a hash (no such user, or one who cannot log in) it takes just as
   * long and says no, so that timing does not tell which usernames exist.
   */
  matches(password: string, hash: string | null | undefined): Promise<boolean>;
}

/**
 * bcrypt on libuv's threads, never on the event loop. At most `concurrency` hashes run at a time: the threads also
 * serve DNS and files, and a login storm must not take them all.
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

/** Runs at most `concurrency` tasks at a time, in the order they came. */
function createTurns(concurrency: number) {
  let running = 0;
  const waiting: (() => void)[] = [];

  return async function takeTurn<T>(task: () => Promise<T>): Promise<T> {
    if (running >= concurrency) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      // The turn is handed on rather than given back, so nobody can slip in between.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
