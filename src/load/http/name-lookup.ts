import { lookup as lookUpBySystem } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Options for resolving host names that go beyond the system's resolver. */
export interface NameOptions {
  dns?: {
    /** The time for which the addresses of a name are reused. */
    ttlMs: number;
    select: 'first' | 'random' | 'roundRobin';
    policy: 'preferIPv4' | 'preferIPv6' | 'onlyIPv4' | 'onlyIPv6' | 'any';
  };
  /** Names that must not be requested: `example.com`, `*.example.com`. */
  blockedNames: string[];
  /** Addresses that must not be connected to: `10.0.0.0/8`, `::1`. */
  blockedRanges: string[];
}

/** The options of the script block a host. */
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
  /** The reason why a host is blocked, if it is known without resolving the name. */
  refusalOf(host: string): BlockedError | undefined;
  /** The option `lookup` of `net.connect`. */
  lookup: LookupFunction;
}

interface Address {
  address: string;
  family: number;
}

/** Resolves names for all connections of a run. Without `dns` it takes the system's first address each time. */
export function createNameLookup(
  { dns, blockedNames, blockedRanges }: NameOptions,
  { now, random }: { now: () => number; random: () => number },
): NameLookup {
  const refusalOfAddress = createAddressCheck(blockedRanges);
  const known = new Map<string, { addresses: Promise<Address[]>; untilMs: number; used: number }>();

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
      // A failed look-up is not reused.
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
    const refusal = refusalOfAddress(chosen);
    if (refusal) throw refusal;
    return chosen;
  }

  return {
    refusalOf(host) {
      const family = isIP(host);
      return family > 0
        ? refusalOfAddress({ address: host, family })
        : refusalOfName(host, blockedNames);
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

function refusalOfName(host: string, patterns: string[]): BlockedError | undefined {
  const name = host.toLowerCase();
  const match = patterns.find((pattern) => matches(name, pattern.toLowerCase()));
  if (match === undefined) return undefined;
  const message = `hostname (${host}) is in a blocked pattern (${match})`;
  return new BlockedError(BLOCKED_NAME, message);
}

function createAddressCheck(ranges: string[]): (address: Address) => BlockedError | undefined {
  const lists = ranges.map((range) => ({ range, list: blockListOf(range) }));
  return ({ address, family }) => {
    const match = lists.find(({ list }) => list.check(address, family === 6 ? 'ipv6' : 'ipv4'));
    if (!match) return undefined;
    const message = `IP (${address}) is in a blacklisted range (${match.range})`;
    return new BlockedError(BLOCKED_ADDRESS, message);
  };
}

/** Throws for a text that is neither an address nor a range of addresses. */
export function blockListOf(range: string): BlockList {
  const [address = '', prefix] = range.split('/');
  const type = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  if (prefix === undefined) list.addAddress(address, type);
  else list.addSubnet(address, Number(prefix), type);
  return list;
}

const matches = (name: string, pattern: string): boolean =>
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
