import * as z from 'zod';
import { Credentials } from '../../src/protocol/accounts.ts';
import { DAY_MS, refuseConfig, whole } from './forms.ts';

/** A secret to try the server out with. It is public, so a server that strangers may reach refuses it. */
export const DEFAULT_JWT_SECRET = 'flashsale-development-secret-do-not-deploy';
/** The password in docker-compose.yml. */
export const DEFAULT_ADMIN_PASSWORD = 'flashsale-development';

export const accountVariables = {
  JWT_SECRET: z.string().min(32, 'must have at least 32 characters').default(DEFAULT_JWT_SECRET),
  JWT_PRIVATE_KEY_FILE: z.string().optional(),
  JWT_VERIFY_KEY_FILE: z.string().optional(),
  TICKET_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  JWT_TTL_MS: whole(1000, 30 * DAY_MS).default(3_600_000),
  REFRESH_TTL_MS: whole(1000, 365 * DAY_MS).default(30 * DAY_MS),
  LOGIN_ATTEMPTS_PER_USERNAME: whole(1, 1_000_000).default(10),
  LOGIN_FAILURES_PER_IP: whole(1, 1_000_000).default(100),
  LOGIN_WINDOW_MS: whole(1000, DAY_MS).default(300_000),
  BCRYPT_COST: whole(4, 15).default(10),
  ADMIN_USERNAME: Credentials.shape.username.optional(),
  ADMIN_PASSWORD: Credentials.shape.password.optional(),
};

export interface AccountConfig {
  jwtSecret: string;
  /** PEM file of a key to sign tokens with instead of the secret. */
  jwtPrivateKeyFile?: string;
  /** PEM file of a second key whose tokens are accepted. */
  jwtVerifyKeyFile?: string;
  /**
   * The codes of tickets are signed with a key that follows from this. Absent: from the key of tokens, and then another key
   * of tokens makes all codes invalid.
   */
  ticketSecret?: string;
  jwtTtlMs: number;
  /** Time after its last refresh for which a session can still be refreshed. */
  refreshTtlMs: number;
  /** Limits on wrong passwords within `windowMs`: of one address at one username, and of one address. */
  loginLimits: { attemptsPerUsername: number; failuresPerIp: number; windowMs: number };
  bcryptCost: number;
  /** An account that is made (or gets this password) at start, so that the admin API can be called. */
  admin?: { username: string; password: string };
}

type Read = z.output<z.ZodObject<typeof accountVariables>>;

/**
 * @param exposure why strangers may reach the server; absent when they cannot
 * @throws UserError (exit 2) for a secret that everybody knows where strangers are, and for variables that contradict others
 */
export function readAccounts(read: Read, exposure: string | undefined): AccountConfig {
  if (exposure !== undefined) refuseKnownSecrets(read, exposure);
  refuseContradictions(read);
  const { ADMIN_USERNAME: username, ADMIN_PASSWORD: password } = read;
  return {
    jwtSecret: read.JWT_SECRET,
    jwtPrivateKeyFile: read.JWT_PRIVATE_KEY_FILE,
    jwtVerifyKeyFile: read.JWT_VERIFY_KEY_FILE,
    ticketSecret: read.TICKET_SECRET,
    jwtTtlMs: read.JWT_TTL_MS,
    refreshTtlMs: read.REFRESH_TTL_MS,
    loginLimits: {
      attemptsPerUsername: read.LOGIN_ATTEMPTS_PER_USERNAME,
      failuresPerIp: read.LOGIN_FAILURES_PER_IP,
      windowMs: read.LOGIN_WINDOW_MS,
    },
    bcryptCost: read.BCRYPT_COST,
    admin: username !== undefined && password !== undefined ? { username, password } : undefined,
  };
}

/** A value from the documentation is known to everybody, so it is no secret from strangers. */
function refuseKnownSecrets(read: Read, exposure: string): void {
  if (read.JWT_PRIVATE_KEY_FILE === undefined && read.JWT_SECRET === DEFAULT_JWT_SECRET) {
    throw refuseConfig(
      [exposure, 'JWT_SECRET is the default one, with which anybody can sign tokens'],
      'set JWT_SECRET to at least 32 random characters, for example from `openssl rand -hex 32`',
    );
  }
  const { ADMIN_USERNAME, ADMIN_PASSWORD } = read;
  if (ADMIN_PASSWORD === undefined) return;
  if (ADMIN_PASSWORD === DEFAULT_ADMIN_PASSWORD || ADMIN_PASSWORD === ADMIN_USERNAME) {
    throw refuseConfig(
      [exposure, 'ADMIN_PASSWORD is one that anybody would try first'],
      'set ADMIN_PASSWORD to a random one, for example from `openssl rand -hex 24`',
    );
  }
}

function refuseContradictions(read: Read): void {
  if (read.JWT_VERIFY_KEY_FILE !== undefined && read.JWT_PRIVATE_KEY_FILE === undefined) {
    throw refuseConfig(
      ['JWT_VERIFY_KEY_FILE is a second key beside JWT_PRIVATE_KEY_FILE, which is not set'],
      'set JWT_PRIVATE_KEY_FILE, too, or neither',
    );
  }
  if (read.REFRESH_TTL_MS < read.JWT_TTL_MS) {
    throw refuseConfig(
      ['REFRESH_TTL_MS is less than JWT_TTL_MS: sessions would end before their tokens'],
      'make REFRESH_TTL_MS at least as long as JWT_TTL_MS',
    );
  }
  if ((read.ADMIN_USERNAME === undefined) !== (read.ADMIN_PASSWORD === undefined)) {
    throw refuseConfig(
      ['ADMIN_USERNAME and ADMIN_PASSWORD make an account only together'],
      'set both or neither',
    );
  }
}
