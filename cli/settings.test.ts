import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveSettings, servicesOf } from './settings.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const resolve = (
  flags: Record<string, unknown> = {},
  env: Record<string, string> = {},
): ReturnType<typeof resolveSettings> => resolveSettings({ flags, env, cwd });

const configFile = (name: string, text: string) => writeFile(join(cwd, name), text);

describe('C.9 where a setting comes from', () => {
  it('a flag wins over a variable, that over the config file, that over the default', async () => {
    const steps: [Parameters<typeof resolve>, number | undefined, string][] = [];
    await configFile('flashsale.config.json', '{ "stock": 3 }');
    steps.push([[{ stock: '1' }, { FLASHSALE_STOCK: '2' }], 1, '--stock']);
    steps.push([[{}, { FLASHSALE_STOCK: '2' }], 2, 'FLASHSALE_STOCK']);
    steps.push([[], 3, 'flashsale.config.json']);
    for (const [sources, value, origin] of steps) {
      const { settings, origins } = await resolve(...sources);
      expect([settings.stock, origins.stock]).toEqual([value, origin]);
    }
    await rm(join(cwd, 'flashsale.config.json'));
    const { settings, origins } = await resolve();
    expect([settings.stock, origins.stock]).toEqual([undefined, 'default']);
  });

  it.each([
    ['flashsale.config.json', '{ "strategy": "pessimistic", "holdTtl": "30s" }'],
    ['flashsale.config.yaml', 'strategy: pessimistic\nholdTtl: 30s\n'],
    [
      'flashsale.config.ts',
      'const s: string = "pessimistic"; export default { strategy: s, holdTtl: "30s" };',
    ],
  ])('%s', async (name, text) => {
    await configFile(name, text);
    const { settings, origins } = await resolve();
    expect(settings).toMatchObject({ strategy: 'pessimistic', holdTtl: 30_000 });
    expect(origins.holdTtl).toBe(name);
  });

  it('DATABASE_URL counts where FLASHSALE_DATABASE_URL is not set', async () => {
    const [general, ours] = ['postgres://a/general', 'postgres://a/ours'];
    const both = { DATABASE_URL: general, FLASHSALE_DATABASE_URL: ours };
    expect((await resolve({}, both)).settings.databaseUrl).toBe(ours);
    expect((await resolve({}, { DATABASE_URL: general })).origins.databaseUrl).toBe('DATABASE_URL');
  });

  it('an empty variable is not set', async () => {
    expect((await resolve({}, { FLASHSALE_STOCK: '' })).origins.stock).toBe('default');
  });

  it('targets are given as often as one likes, or separated by commas', async () => {
    const both = ['http://127.0.0.1:1', 'http://127.0.0.1:2'];
    const typed = [['http://127.0.0.1:1/,http://127.0.0.1:2'], both];
    for (const target of typed) expect((await resolve({ target })).settings.target).toEqual(both);
    const env = { FLASHSALE_TARGET: both.join(', ') };
    expect((await resolve({}, env)).settings.target).toEqual(both);
  });
});

describe('C.9 a value that cannot be used is named with where it came from', () => {
  it.each([
    ['stock', 'abc', /"abc" is not a whole number/],
    ['stock', '0', /"0" is not a whole number from 1/],
    ['stock', '1.5', /"1.5"/],
    ['stock', '1e9', /"1e9"/],
    ['stock', '99999999999999999999', /999/],
    ['buyers', '-1', /"-1"/],
    ['instances', '33', /from 1 to 32/],
    ['seed', 'x', /"x"/],
    ['strategy', 'hope', /"hope" is none of batched/],
    ['holdTtl', 'soon', /"soon" is not a duration/],
    ['holdTtl', '1ms', /at least 100ms/],
    ['target', ['ftp://x'], /"ftp:\/\/x" is not a URL/],
    ['port', '70000', /from 1 to 65535/],
    ['kafkaBrokers', 'kafka', /"kafka" is not a list like host:9092/],
  ])('%s %s', async (name, value, why) => {
    await expect(resolve({ [name]: value })).rejects.toMatchObject({
      message: expect.stringMatching(/^--[a-z-]+ cannot be used$/),
      why: expect.stringMatching(why),
      exitCode: 2,
    });
  });

  it.each([
    ['DATABASE_URL', 'mysql://me:secret-word@x/y'],
    ['FLASHSALE_SQL_URL', 'mysql://me:secret-word@x/y'],
    ['FLASHSALE_PROMETHEUS_URL', 'prom://me:secret-word@x/y'],
  ])('never repeats a password: %s', async (variable, url) => {
    const error = await resolve({}, { [variable]: url }).catch((e) => e);
    expect(error.message).toBe(`${variable} cannot be used`);
    expect(`${error.why}${error.next}`).not.toContain('secret-word');
  });

  it('names the file of a wrong value and of a setting that does not exist', async () => {
    await configFile('flashsale.config.yaml', 'stock: many\n');
    await expect(resolve()).rejects.toMatchObject({
      message: 'flashsale.config.yaml cannot be used',
      why: expect.stringContaining('"many"'),
    });
    await configFile('flashsale.config.yaml', 'stocks: 3\n');
    await expect(resolve()).rejects.toMatchObject({
      message: 'flashsale.config.yaml has a setting that does not exist',
      why: expect.stringContaining('"stocks"'),
      exitCode: 2,
    });
  });

  it.each([
    ['flashsale.config.json', '{ stock: 3'],
    ['flashsale.config.yaml', 'a: [1,'],
    ['flashsale.config.yaml', '- stock'],
    ['flashsale.config.ts', 'export default {'],
    ['flashsale.config.ts', 'throw new Error("no luck")'],
  ])('a config file that cannot be read: %s %s', async (name, text) => {
    await configFile(name, text);
    await expect(resolve()).rejects.toMatchObject({
      message: `${name} cannot be read`,
      exitCode: 2,
    });
  });

  it('two config files are one too many', async () => {
    await configFile('flashsale.config.json', '{}');
    await configFile('flashsale.config.yaml', '');
    await expect(resolve()).rejects.toMatchObject({
      message: 'there is more than one config file',
    });
  });

  it('an empty config file sets nothing', async () => {
    await configFile('flashsale.config.yaml', '');
    expect((await resolve()).settings.strategy).toBe('batched');
  });
});

describe('C.1 what the server uses beside PostgreSQL', () => {
  const servicesFor = async (...sources: Parameters<typeof resolve>) =>
    servicesOf((await resolve(...sources)).settings, sources[1] ?? {});

  it('is nothing for one instance, and a Redis for several where there is one', async () => {
    expect(await servicesFor()).toMatchObject({ redis: false, kafka: false });
    expect(await servicesFor({ instances: '3' })).toMatchObject({ redis: 'if_there' });
  });

  it('is a Redis where the strategy locks in it', async () => {
    expect(await servicesFor({ strategy: 'distributed-lock' })).toMatchObject({ redis: true });
  });

  it('is what was asked for', async () => {
    const asked = await servicesFor({ redis: true, kafka: true });
    expect(asked).toMatchObject({ redis: true, kafka: true });
    const env = { FLASHSALE_REDIS: '0', FLASHSALE_KAFKA: '1', FLASHSALE_INSTANCES: '3' };
    expect(await servicesFor({}, env)).toMatchObject({ redis: false, kafka: true });
  });

  it('is what runs already', async () => {
    const [redisUrl, kafkaBrokers] = ['redis://cache:6379', 'a:9092,b:9092'];
    const env = { REDIS_URL: redisUrl, KAFKA_BROKERS: kafkaBrokers };
    expect(await servicesFor({}, env)).toMatchObject({ redisUrl, kafkaBrokers });
    const login = { KAFKA_TLS: 'on', KAFKA_SASL_MECHANISM: 'plain' };
    expect(await servicesFor({}, { ...env, ...login, KAFKA_SASL_USERNAME: '' })).toMatchObject({
      kafkaAccess: login,
    });
  });
});
