import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/kernel/errors.ts';
import { DEFAULT_ADMIN_PASSWORD, DEFAULT_JWT_SECRET } from './accounts.ts';
import { readConfig } from './config.ts';

const DATABASE_URL = 'postgres://app:secret@127.0.0.1:5432/shop';
const SECRET = '0123456789abcdef0123456789abcdef';

function refusalOf(env: Record<string, string | undefined>): UserError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('readConfig', () => {
  test('needs nothing but a database', () => {
    expect(readConfig({ DATABASE_URL })).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      strategy: 'batched',
      holdTtlMs: 120_000,
      roles: ['api', 'sweeper', 'relay', 'worker'],
      jwtSecret: DEFAULT_JWT_SECRET,
      admin: undefined,
    });
  });

  test('reads the variables that are set, and treats an empty one as not set', () => {
    const env = { DATABASE_URL, PORT: '0', STRATEGY: '', HOLD_TTL_MS: '5000', ROLES: 'sweeper' };
    expect(readConfig(env)).toMatchObject({
      port: 0,
      strategy: 'batched',
      holdTtlMs: 5000,
      roles: ['sweeper'],
    });
  });

  test('names every wrong variable in one message, with exit code 2', () => {
    const refusal = refusalOf({ PORT: 'abc', STRATEGY: 'quantum', LOG_LEVEL: 'loud' });
    expect(refusal.exitCode).toBe(2);
    expect(refusal.why).toContain('PORT is "abc", not a whole number between 0 and 65535');
    expect(refusal.why).toContain('STRATEGY is "quantum", none of');
    expect(refusal.why).toContain('LOG_LEVEL is "loud"');
    expect(refusal.why).toContain('DATABASE_URL is not set');
  });

  test('S3.6 reads the replicas of the database, and refuses what is no list of them', () => {
    const replicas = 'postgres://app:secret@a:5432/shop,postgresql://app:secret@b:5432/shop';
    const read = readConfig({ DATABASE_URL, DATABASE_REPLICA_URLS: replicas });
    expect(read.databaseReplicaUrls).toEqual(replicas.split(','));
    expect(readConfig({ DATABASE_URL }).databaseReplicaUrls).toEqual([]);
    const refusal = refusalOf({ DATABASE_URL, DATABASE_REPLICA_URLS: `${replicas},` });
    expect(refusal.why).toContain('DATABASE_REPLICA_URLS must look like');
    expect(refusal.why).not.toContain('secret@a');
  });

  test('S3.6 may be told a way to the database that avoids a pooler, which is no place for a known password', () => {
    const pooled = { DATABASE_URL: 'postgres://app:secret@pooler:6432/shop' };
    expect(readConfig(pooled).databaseSessionUrl).toBe(pooled.DATABASE_URL);
    const direct = { ...pooled, DATABASE_SESSION_URL: DATABASE_URL };
    expect(readConfig(direct)).toMatchObject({
      databaseUrl: pooled.DATABASE_URL,
      databaseSessionUrl: DATABASE_URL,
    });
    expect(refusalOf({ ...pooled, DATABASE_SESSION_URL: 'db' }).why).toContain('postgres://user');
    const known = { ...direct, DATABASE_SESSION_URL: 'postgres://flashsale:flashsale@db/shop' };
    expect(refusalOf({ ...known, HOST: '0.0.0.0', JWT_SECRET: SECRET }).why).toContain(
      'the password in DATABASE_SESSION_URL is the default one',
    );
  });

  test('S3.2 keeps images in a folder, or in a bucket with all that belongs to it', () => {
    expect(readConfig({ DATABASE_URL }).s3).toBeUndefined();
    const s3 = { S3_BUCKET: 'images', S3_ACCESS_KEY_ID: 'key', S3_SECRET_ACCESS_KEY: 'hidden' };
    expect(readConfig({ DATABASE_URL, ...s3 }).s3).toEqual({
      ...{ bucket: 'images', region: 'us-east-1', endpoint: undefined },
      credentials: { accessKeyId: 'key', secretAccessKey: 'hidden' },
    });
    for (const half of ['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']) {
      const refusal = refusalOf({ DATABASE_URL, ...s3, [half]: '' });
      expect(refusal.why).toContain('S3_');
      expect(refusal.why).not.toContain('hidden');
    }
  });

  test('refuses a role that does not exist, by its name', () => {
    expect(refusalOf({ DATABASE_URL, ROLES: 'api,cashier' }).why).toContain(
      'ROLES is "cashier", none of api, sweeper, relay, worker',
    );
  });

  test('S0.5 turns rate limits on in production by default, elsewhere only when configured', () => {
    const production = { DATABASE_URL, NODE_ENV: 'production', JWT_SECRET: SECRET };
    expect(readConfig({ DATABASE_URL }).rateLimits).toBeUndefined();
    expect(readConfig({ ...production, RATE_LIMITS: 'off' }).rateLimits).toBeUndefined();
    expect(readConfig({ ...production, RATE_LIMIT_USER: '5/60' }).rateLimits).toMatchObject({
      user: { points: 5, durationSeconds: 60 },
    });
    expect(refusalOf({ DATABASE_URL, RATE_LIMIT_USER: '5' }).why).toContain(
      'must look like 100/10',
    );
  });

  test('S4.10 reads the origins whose pages may call the API', () => {
    const CORS_ORIGINS = 'https://shop.example,http://127.0.0.1:5173';
    expect(readConfig({ DATABASE_URL, CORS_ORIGINS }).corsOrigins).toEqual([
      'https://shop.example',
      'http://127.0.0.1:5173',
    ]);
    expect(refusalOf({ DATABASE_URL, CORS_ORIGINS: 'shop.example' }).why).toContain('CORS_ORIGINS');
  });

  test('S2.7 refuses to take events of days that are not kept', () => {
    const days = (count: number) => String(count * 86_400_000);
    const env = { DATABASE_URL, TRACK_LATE_MS_MAX: days(5) };
    expect(readConfig({ ...env, TRACK_RETENTION_MS: days(7) }).trackRetentionMs).toBe(604_800_000);
    expect(refusalOf({ ...env, TRACK_RETENTION_MS: days(6) }).why).toContain('late events');
  });

  test('S1.10 refuses the naive strategy without UNSAFE=1', () => {
    expect(refusalOf({ DATABASE_URL, STRATEGY: 'naive' }).next).toContain('UNSAFE=1');
    expect(readConfig({ DATABASE_URL, STRATEGY: 'naive', UNSAFE: '1' }).strategy).toBe('naive');
  });

  test('S0.3 refuses the distributed lock without a Redis', () => {
    const env = { DATABASE_URL, STRATEGY: 'distributed-lock' };
    expect(refusalOf(env).why).toContain('REDIS_URL is not set');
    expect(readConfig({ ...env, REDIS_URL: 'redis://127.0.0.1:6379' }).strategy).toBe(
      'distributed-lock',
    );
  });

  test('reads the addresses of Redis and Kafka', () => {
    const env = { DATABASE_URL, REDIS_URL: 'redis://cache:6379', KAFKA_BROKERS: 'a:9092,b:9092' };
    expect(readConfig(env)).toMatchObject({
      redisUrl: 'redis://cache:6379',
      kafkaBrokers: ['a:9092', 'b:9092'],
    });
    expect(refusalOf({ ...env, REDIS_URL: 'cache' }).why).toContain('REDIS_URL');
    expect(refusalOf({ ...env, KAFKA_BROKERS: 'a' }).why).toContain('KAFKA_BROKERS');
  });

  test('S4.8 reads how Kafka lets it in, and refuses half of it or a password that all may read', () => {
    const env = { DATABASE_URL, KAFKA_BROKERS: 'a:9092' };
    expect(readConfig(env).kafkaAccess).toEqual({ tls: undefined, sasl: undefined });
    const tls = { KAFKA_TLS: 'on', KAFKA_TLS_CA_FILE: '/ca.pem' };
    const user = { KAFKA_SASL_USERNAME: 'shop', KAFKA_SASL_PASSWORD: 'hidden' };
    expect(readConfig({ ...env, ...tls, ...user, KAFKA_SASL_MECHANISM: 'plain' })).toMatchObject({
      kafkaAccess: {
        tls: { caFile: '/ca.pem', own: undefined },
        sasl: { mechanism: 'plain', username: 'shop', password: { text: 'hidden' } },
      },
    });
    const scram = { ...user, KAFKA_SASL_MECHANISM: 'scram-sha-512' };
    expect(readConfig({ ...env, ...scram }).kafkaAccess.tls).toBeUndefined();
    for (const [wrong, why] of [
      [{ ...scram, KAFKA_SASL_MECHANISM: 'plain' }, 'sent for all to read'],
      [{ ...scram, KAFKA_SASL_PASSWORD: '' }, 'needs a mechanism, a user and one password'],
      [{ ...scram, KAFKA_SASL_PASSWORD_FILE: '/p' }, 'needs a mechanism, a user and one password'],
      [{ ...user }, 'needs a mechanism, a user and one password'],
      [{ ...tls, KAFKA_TLS: 'off' }, 'KAFKA_TLS is off'],
      [{ ...tls, KAFKA_TLS_KEY_FILE: '/k' }, 'only together'],
      [{ ...tls, KAFKA_TLS: 'maybe' }, 'KAFKA_TLS must be on or off'],
    ] as const) {
      const refusal = refusalOf({ ...env, ...wrong });
      expect(refusal.why).toContain(why);
      expect(refusal.why).not.toContain('hidden');
    }
  });

  test('reads the trusted proxies, and refuses a malformed list', () => {
    const env = { DATABASE_URL, TRUSTED_PROXIES: 'loopback,10.0.0.0/8,fd00::1' };
    expect(readConfig(env).trustedProxies).toEqual(['loopback', '10.0.0.0/8', 'fd00::1']);
    for (const wrong of ['everybody', '10.0.0.0/33', '300.0.0.1', '10.0.0.0/8/8', '10.0.0.1,']) {
      expect(refusalOf({ DATABASE_URL, TRUSTED_PROXIES: wrong }).why).toContain('TRUSTED_PROXIES');
    }
  });

  test('S3.3 reads the secret of the codes of tickets, which must not be short', () => {
    expect(readConfig({ DATABASE_URL }).ticketSecret).toBeUndefined();
    expect(readConfig({ DATABASE_URL, TICKET_SECRET: SECRET }).ticketSecret).toBe(SECRET);
    expect(refusalOf({ DATABASE_URL, TICKET_SECRET: 'short' }).why).toContain('TICKET_SECRET');
  });

  test('S2.2 refuses the default secret in production, and short secrets everywhere', () => {
    expect(refusalOf({ DATABASE_URL, NODE_ENV: 'production' }).why).toContain('JWT_SECRET');
    expect(refusalOf({ DATABASE_URL, JWT_SECRET: 'short' }).why).toContain('JWT_SECRET');
    expect(readConfig({ DATABASE_URL, NODE_ENV: 'production', JWT_SECRET: SECRET }).jwtSecret).toBe(
      SECRET,
    );
  });

  test.each([
    [{ NODE_ENV: 'prod' }, 'NODE_ENV is prod, not development'],
    [{ NODE_ENV: 'staging' }, 'NODE_ENV is staging, not development'],
    [{ NODE_ENV: 'Production' }, 'NODE_ENV is Production, not development'],
    [{ NODE_ENV: 'production', LOCAL_ONLY: '1' }, 'NODE_ENV is production, not development'],
    [{ NODE_ENV: 'development ' }, 'NODE_ENV is development , not development'],
    [{ HOST: '0.0.0.0' }, 'HOST 0.0.0.0 may be reached from other machines'],
    [{ HOST: '::' }, 'HOST :: may be reached from other machines'],
    [{ HOST: '192.168.1.7' }, 'HOST 192.168.1.7 may be reached from other machines'],
    [{ HOST: 'shop.example', NODE_ENV: 'development' }, 'HOST shop.example may be reached'],
  ])(
    'S2.2 where strangers may be, as with %o, nothing that everybody knows is a secret',
    (env, why) => {
      const started = { ...env, DATABASE_URL, JWT_SECRET: SECRET };
      expect(readConfig(started).rateLimits).toBeDefined();
      for (const known of [
        { JWT_SECRET: undefined },
        { ADMIN_USERNAME: 'admin', ADMIN_PASSWORD: DEFAULT_ADMIN_PASSWORD },
        { DATABASE_URL: 'postgres://flashsale:flashsale@db/shop' },
      ]) {
        expect(refusalOf({ ...started, ...known }).why).toContain(why);
      }
    },
  );

  test.each([
    { HOST: '127.0.0.1' },
    { HOST: '127.8.8.8' },
    { HOST: '::1' },
    { HOST: '::ffff:127.0.0.1' },
    { HOST: 'localhost', NODE_ENV: 'development' },
    { HOST: '0.0.0.0', LOCAL_ONLY: '1' },
  ])('S2.2 what only this machine reaches, as with %o, may be tried out without secrets', (env) => {
    const config = readConfig({ DATABASE_URL, ...env });
    expect([config.jwtSecret, config.rateLimits]).toEqual([DEFAULT_JWT_SECRET, undefined]);
  });

  test('S2.2 accepts a private key instead of a secret in production, and a second key only beside it', () => {
    const env = { DATABASE_URL, NODE_ENV: 'production' };
    expect(readConfig({ ...env, JWT_PRIVATE_KEY_FILE: '/key.pem' })).toMatchObject({
      jwtPrivateKeyFile: '/key.pem',
    });
    expect(refusalOf({ DATABASE_URL, JWT_VERIFY_KEY_FILE: '/old.pem' }).why).toContain(
      'JWT_PRIVATE_KEY_FILE',
    );
  });

  test.each([DEFAULT_ADMIN_PASSWORD, 'administrator'])(
    'S2.2 refuses the admin password %s in production',
    (password) => {
      const env = { DATABASE_URL, ADMIN_USERNAME: 'administrator', ADMIN_PASSWORD: password };
      expect(readConfig(env).admin?.password).toBe(password);
      expect(refusalOf({ ...env, NODE_ENV: 'production', JWT_SECRET: SECRET }).why).toContain(
        'ADMIN_PASSWORD',
      );
    },
  );

  test('S2.2 refuses the default password of the database in production', () => {
    const env = { DATABASE_URL: 'postgres://flashsale:flashsale@db/shop' };
    expect(readConfig(env).databaseUrl).toBe(env.DATABASE_URL);
    const refusal = refusalOf({ ...env, NODE_ENV: 'production', JWT_SECRET: SECRET });
    expect(refusal.why).toContain('DATABASE_URL');
  });

  test('S2.2 refuses sessions that would end before their tokens', () => {
    expect(refusalOf({ DATABASE_URL, REFRESH_TTL_MS: '3599999' }).why).toContain('REFRESH_TTL_MS');
  });

  test('needs both variables for an admin account', () => {
    expect(refusalOf({ DATABASE_URL, ADMIN_USERNAME: 'root' }).why).toContain('ADMIN_PASSWORD');
    expect(
      readConfig({ DATABASE_URL, ADMIN_USERNAME: 'root', ADMIN_PASSWORD: 'long enough' }).admin,
    ).toEqual({ username: 'root', password: 'long enough' });
  });

  test('never repeats a secret in its message', () => {
    const refusal = refusalOf({
      DATABASE_URL: 'mysql://app:hunter2@db/shop',
      JWT_SECRET: 'hunter2',
    });
    expect(`${refusal.message} ${refusal.why} ${refusal.next}`).not.toContain('hunter2');
  });
});
