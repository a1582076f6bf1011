import { BlockList, isIP } from 'node:net';
import * as z from 'zod';
import { oneOf } from './forms.ts';

export const exposureVariables = {
  NODE_ENV: z.string().default('development'),
  HOST: z.string().min(1).default('127.0.0.1'),
  LOCAL_ONLY: oneOf(['0', '1']).default('0'),
};

/**
 * Tells why strangers may be able to reach this server; undefined for one that only this machine reaches, in development.
 * Only the latter may have secrets that everybody knows and no rate limits. Every doubt counts as yes: `prod`, `staging`
 * and a misspelt `Production` are not development.
 *
 * A container has to listen on all of its addresses. LOCAL_ONLY=1 says that its ports are published on this machine alone.
 */
export function exposureOf(
  read: z.output<z.ZodObject<typeof exposureVariables>>,
): string | undefined {
  if (read.NODE_ENV !== 'development') return `NODE_ENV is ${read.NODE_ENV}, not development`;
  if (read.LOCAL_ONLY === '1' || isLoopback(read.HOST)) return undefined;
  return `HOST ${read.HOST} may be reached from other machines`;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host.toLowerCase() === 'localhost';
  return LOOPBACK.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
