import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { rootMessage, UserError } from '../../kernel/errors.ts';

/** Addresses that only somebody on the same machine or in the same network can reach. */
const NEAR = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const) {
  NEAR.addSubnet(network, prefix, 'ipv4');
}
NEAR.addAddress('::1', 'ipv6');
NEAR.addSubnet('fc00::', 7, 'ipv6');
NEAR.addSubnet('fe80::', 10, 'ipv6');

/**
 * A load is fired at somebody's server only if it is near, or the user says that it is theirs.
 *
 * @throws UserError (usage) for a public address, (environment) for a name that cannot be resolved
 */
export async function assertOwned(
  urls: string[],
  isOwned: boolean,
  resolve: (host: string) => Promise<string[]> = addressesOf,
): Promise<void> {
  if (isOwned) return;
  for (const url of urls) {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    const addresses = isIP(host) === 0 ? await resolve(host) : [host];
    const far = addresses.find((address) => !isNear(address));
    if (far === undefined) continue;
    throw UserError.usage(`${host} is neither this machine nor in a private network`, {
      why: `its address is ${far}, and a load test of somebody else’s server is an attack`,
      next: 'if the server is yours, add --i-own-this-server',
    });
  }
}

const isNear = (address: string): boolean =>
  NEAR.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch (cause) {
    throw UserError.environment(`the address of ${host} is unknown`, {
      why: rootMessage(cause),
      next: 'correct `url` in the target file',
      cause,
    });
  }
}
