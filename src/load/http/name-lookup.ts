import { lookup as lookUpBySystem } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** What is asked of names and addresses beyond what the system does. */
export interface NameOptions {
  dns?: {
    /** How long an answer is good for. */
    ttlMs: number;
    select: 'first' | 'random' | 'roundRobin';
    policy: 'preferIPv4' | 'preferIPv6' | 'onlyIPv4' | 'onlyIPv6' | 'any';
  };
  /** `example.com`, `*.example.com`: not to be asked for. */
  blockedNames: string[];
  /** `10.0.0.0/8`, `::1`: not to be connected to. */
  blockedRanges: string[];
}

/** There is no such connection, because the script wants none. */
export class BlockedError extends Error {
  readonly code: typeof BLOCKED_NAME | typeof BLOCKED_ADDRESS;
  constructor(code: BlockedError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export const BLOCKED_NAME = 'BLOCKED_NAME';
export const BLOCKED_ADDRESS = 'BLOCKED_ADDRESS';

export interface NameLookup {
  /** Why there is no connection to a host, if that can be told without looking it up. */
  refusalOf(host: string): BlockedError | undefined;
  /** For `net.connect`. */
  lookup: LookupFunction;
}

interface Address {
  address: string;
  family: number;
}

/** Looks names up for all connections of a run. Without `dns` the system's first address is taken each time. */
export function createNameLookup(
  { dns, blockedNames, blockedRanges }: NameOptions,
  { now, random }: { now: () => number; random: () => number },
): NameLookup {
  const ranges = blockedRanges.map((range) => ({ range, list: blockListOf(range) }));
  const known = new Map<string, { addresses: Promise<Address[]>; untilMs: number; used: number }>();

  function blockedAddress(address: string, family: number): BlockedError | undefined {
    const type = family === 6 ? 'ipv6' : 'ipv4';
    const match = ranges.find(({ list }) => list.check(address, type));
    if (!match) return undefined;
    const message = `IP (${address}) is in a blacklisted range (${match.range})`;
    return new BlockedError(BLOCKED_ADDRESS, message);
  }

  async function find(name: string): Promise<Address[]> {
    const all = await lookUpBySystem(name, { all: true, order: 'verbatim' });
    const allowed = allowedBy(dns?.policy ?? 'any', all);
    if (allowed.length > 0) return allowed;
    throw Object.assign(new Error(`${name} has no address of the wanted family`), {
      code: 'ENOTFOUND',
    });
  }

  async function choose(name: string): Promise<Address> {
    let entry = known.get(name);
    if (!entry || entry.untilMs <= now()) {
      entry = { addresses: find(name), untilMs: now() + (dns?.ttlMs ?? 0), used: 0 };
      known.set(name, entry);
      // What was not found is asked for again.
      entry.addresses.catch(() => known.delete(name));
    }
    const addresses = await entry.addresses;
    const index =
      dns?.select === 'random'
        ? Math.floor(random() * addresses.length)
        : dns?.select === 'roundRobin'
          ? entry.used++ % addresses.length
          : 0;
    const chosen = addresses[index] as Address;
    const refusal = blockedAddress(chosen.address, chosen.family);
    if (refusal) throw refusal;
    return chosen;
  }

  return {
    refusalOf(host) {
      const family = isIP(host);
      if (family > 0) return blockedAddress(host, family);
      const name = host.toLowerCase();
      const match = blockedNames.find((pattern) => fits(name, pattern.toLowerCase()));
      if (match === undefined) return undefined;
      const message = `hostname (${host}) is in a blocked pattern (${match})`;
      return new BlockedError(BLOCKED_NAME, message);
    },
    lookup(name, options, callback) {
      choose(name).then(
        (chosen) => {
          if (options.all) callback(null, [chosen]);
          else callback(null, chosen.address, chosen.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, '', 0),
      );
    },
  };
}

/** Throws for what is no address and no range of addresses. */
export function blockListOf(range: string): BlockList {
  const [address = '', prefix] = range.split('/');
  const type = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  if (prefix === undefined) list.addAddress(address, type);
  else list.addSubnet(address, Number(prefix), type);
  return list;
}

const fits = (name: string, pattern: string): boolean =>
  pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern;

function allowedBy(
  policy: NonNullable<NameOptions['dns']>['policy'],
  addresses: Address[],
): Address[] {
  const of = (wanted: number): Address[] => addresses.filter(({ family }) => family === wanted);
  switch (policy) {
    case 'any':
      return addresses;
    case 'onlyIPv4':
      return of(4);
    case 'onlyIPv6':
      return of(6);
    case 'preferIPv4':
      return of(4).length > 0 ? of(4) : addresses;
    case 'preferIPv6':
      return of(6).length > 0 ? of(6) : addresses;
  }
}
