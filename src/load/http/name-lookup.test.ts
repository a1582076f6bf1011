import { describe, expect, it } from 'vitest';
import { createNameLookup, type NameLookup, type NameOptions } from './name-lookup.ts';

const CLOCK = { now: () => 0, random: () => 0 };
const namesWith = (options: Partial<NameOptions>): NameLookup =>
  createNameLookup({ blockedNames: [], blockedRanges: [], ...options }, CLOCK);

const lookUp = (names: NameLookup, name: string) =>
  new Promise((resolve) => {
    names.lookup(name, { all: true }, (error, addresses) => resolve(error ?? addresses));
  });

describe('names', () => {
  it('refuses hosts by their names and by the ranges of their addresses', () => {
    const { refusalOf } = namesWith({
      blockedNames: ['shop.example', '*.ads.example'],
      blockedRanges: ['10.0.0.0/8', '::1'],
    });
    const hosts = ['shop.example', 'a.shop.example', 'X.Ads.example', 'ads.example'];
    expect(
      [...hosts, '10.1.2.3', '11.1.2.3', '::1'].map((host) => refusalOf(host)?.message),
    ).toEqual([
      'hostname (shop.example) is in a blocked pattern (shop.example)',
      undefined,
      'hostname (X.Ads.example) is in a blocked pattern (*.ads.example)',
      undefined,
      'IP (10.1.2.3) is in a blacklisted range (10.0.0.0/8)',
      undefined,
      'IP (::1) is in a blacklisted range (::1)',
    ]);
  });

  it('resolves a name by a policy, and refuses a blocked address', async () => {
    const dns = { ttlMs: 1_000, select: 'roundRobin', policy: 'onlyIPv4' } as const;
    const localhost = [{ address: '127.0.0.1', family: 4 }];
    const names = namesWith({ dns });
    expect(await lookUp(names, 'localhost')).toEqual(localhost);
    expect(await lookUp(names, 'localhost')).toEqual(localhost);
    const blocking = namesWith({ dns, blockedRanges: ['127.0.0.0/8'] });
    expect(await lookUp(blocking, 'localhost')).toMatchObject({ code: 'BLOCKED_ADDRESS' });
  });
});
