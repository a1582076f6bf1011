import type { Credentials, Role, Session } from '../../src/protocol/accounts.ts';
import type { Passwords } from './passwords.ts';
import type { AccountStore } from './store.ts';
import type { Tokens } from './tokens.ts';

export type RegisterOutcome =
  | { outcome: 'registered'; session: Session }
  | { outcome: 'username_taken' };

export interface Accounts {
  /** Makes a buyer and logs them in. */
  register(credentials: Credentials): Promise<RegisterOutcome>;
  /** Nothing for a wrong password and for an unknown user alike, after the same time. */
  logIn(credentials: Credentials): Promise<Session | undefined>;
  /** Makes sure that an account with the admin role and this password exists. */
  ensureAdmin(credentials: Credentials): Promise<void>;
}

export function createAccountService(deps: {
  store: AccountStore;
  passwords: Passwords;
  tokens: Tokens;
  newId(): string;
}): Accounts {
  const { store, passwords, tokens, newId } = deps;
  const openSession = (userId: string, role: Role): Session => ({
    userId,
    token: tokens.sign({ userId, role }),
  });

  return {
    async register({ username, password }) {
      const userId = newId();
      const passwordHash = await passwords.hash(password);
      const inserted = await store.insert({ userId, username, passwordHash, role: 'buyer' });
      if (!inserted) return { outcome: 'username_taken' };
      return { outcome: 'registered', session: openSession(userId, 'buyer') };
    },
    async logIn({ username, password }) {
      const account = await store.find(username);
      const matches = await passwords.matches(password, account?.passwordHash);
      if (account === undefined || !matches) return undefined;
      return openSession(account.userId, account.role);
    },
    async ensureAdmin({ username, password }) {
      const passwordHash = await passwords.hash(password);
      await store.put({ userId: newId(), username, passwordHash, role: 'admin' });
    },
  };
}
