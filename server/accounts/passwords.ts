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
 * Hashes and compares passwords with bcrypt on libuv's threads, never on the event loop. The caller limits how many at a
 * time: DNS and files need these threads, too.
 */
export function createPasswords({ cost }: { cost: number }): Passwords {
  const dummyHash = bcrypt.hash('the password of nobody', cost);

  return {
    hash: (password) => bcrypt.hash(password, cost),
    async matches(password, known) {
      const same = await bcrypt.compare(password, known ?? (await dummyHash));
      return same && typeof known === 'string';
    },
  };
}
