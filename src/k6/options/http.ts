import { isIP } from 'node:net';
import type { SecureVersion } from 'node:tls';
import * as z from 'zod';
import type { HostTarget } from '../../load/http/http-options.ts';
import { blockListOf, type NameOptions } from '../../load/http/name-lookup.ts';
import { createSecureContexts, knownCipherSuites, type TlsOptions } from '../../load/http/tls.ts';
import type { LoadOptions } from '../../load/options.ts';
import { durationMs } from '../../load/schedule/duration.ts';
import { inAnyCase } from '../../load/schedule/options-object.ts';
import { wholeNumber } from '../../load/schedule/whole-number.ts';
import { OptionsError } from './parse.ts';

const DNS_TTL_MS_DEFAULT = 5 * 60_000;

const tlsVersion = z
  .enum(['tls1.0', 'tls1.1', 'tls1.2', 'tls1.3'])
  .transform((name) =>
    name === 'tls1.0' ? 'TLSv1' : (name.replace('tls', 'TLSv') as SecureVersion),
  )
  .optional();

const certificate = z.strictObject({
  domains: z.array(z.string()).nullish(),
  cert: z.string(),
  key: z.string(),
  password: z.string().nullish(),
});

const dns = z.strictObject({
  ttl: z
    .preprocess(
      // k6 takes no number here.
      (ttl) => (typeof ttl === 'number' ? Number.NaN : ttl),
      z.union([z.literal('inf').transform(() => Number.POSITIVE_INFINITY), durationMs], {
        error: 'is no text like "5m" or "inf"',
      }),
    )
    .default(DNS_TTL_MS_DEFAULT),
  select: z.enum(['first', 'random', 'roundRobin']).default('random'),
  policy: z.enum(['preferIPv4', 'preferIPv6', 'onlyIPv4', 'onlyIPv6', 'any']).default('preferIPv4'),
});

/** The options that say how requests are sent. */
export const httpFields = {
  userAgent: z.string().default('flashsale-cli'),
  maxRedirects: wholeNumber((times) => times.min(0)).default(10),
  discardResponseBodies: z.boolean().default(false),
  throw: z.boolean().default(false),
  insecureSkipTLSVerify: z.boolean().default(false),
  tlsVersion: z
    .union(
      [
        z.literal('').transform(() => undefined),
        tlsVersion,
        z.strictObject({ min: tlsVersion, max: tlsVersion }),
      ],
      {
        error: 'is not one of "tls1.0" to "tls1.3", nor { min, max } of them',
      },
    )
    .optional(),
  tlsCipherSuites: z.array(z.string()).transform(readCipherSuites).optional(),
  tlsAuth: z.array(inAnyCase(certificate)).optional(),
  dns: inAnyCase(dns).optional(),
  blockHostnames: z
    .array(z.string().refine(isHostPattern, 'is no host like a.example or *.example'))
    .default([]),
  blacklistIPs: z
    .array(z.string().refine(isAddressRange, 'is no range of addresses like 10.0.0.0/8'))
    .default([]),
  rps: wholeNumber((rate) => rate.min(0)).default(0),
  hosts: z
    .record(
      z.string().refine((name) => isHostPattern(name.replace(/:\d+$/, '')), {
        error: 'is no host like a.example, a.example:443 or *.example',
      }),
      z.string().transform(parseHostTarget),
    )
    .default({}),
  noConnectionReuse: z.boolean().default(false),
  noVUConnectionReuse: z.boolean().default(false),
  batch: wholeNumber((requests) => requests.min(0)).default(20),
  batchPerHost: wholeNumber((requests) => requests.min(0)).default(6),
  noCookiesReset: z.boolean().default(false),
  // As in k6, everything but "full" leaves the bodies out.
  httpDebug: z.string().default(''),
};

type HttpFields = z.output<z.ZodObject<typeof httpFields>>;

/** @throws OptionsError for a certificate that cannot be used */
export function httpOptionsOf(options: HttpFields): LoadOptions['http'] {
  return {
    userAgent: options.userAgent,
    redirectsMax: options.maxRedirects,
    discardResponseBodies: options.discardResponseBodies,
    throwOnFailure: options.throw,
    insecureSkipTlsVerify: options.insecureSkipTLSVerify,
    tls: tlsOf(options),
    hosts: options.hosts,
    names: namesOf(options),
    ...(options.rps > 0 && { requestsPerSecondMax: options.rps }),
    keepConnections: options.noConnectionReuse
      ? 'never'
      : options.noVUConnectionReuse
        ? 'iteration'
        : 'always',
    batchMax: options.batch || Number.POSITIVE_INFINITY,
    batchPerHostMax: options.batchPerHost || Number.POSITIVE_INFINITY,
    keepCookies: options.noCookiesReset,
    ...(options.httpDebug && { debug: options.httpDebug === 'full' ? 'full' : 'headers' }),
  };
}

function namesOf({ dns, blockHostnames, blacklistIPs }: HttpFields): NameOptions | undefined {
  if (!dns && blockHostnames.length === 0 && blacklistIPs.length === 0) return undefined;
  return {
    ...(dns && { dns: { ttlMs: dns.ttl, select: dns.select, policy: dns.policy } }),
    blockedNames: blockHostnames,
    blockedRanges: blacklistIPs,
  };
}

function tlsOf({
  tlsVersion: version,
  tlsCipherSuites,
  tlsAuth,
}: HttpFields): TlsOptions | undefined {
  if (!version && !tlsCipherSuites && !tlsAuth) return undefined;
  const range = typeof version === 'string' ? { min: version, max: version } : version;
  return {
    ...(range?.min && { versionMin: range.min }),
    ...(range?.max && { versionMax: range.max }),
    ...(tlsCipherSuites?.length && { cipherSuites: tlsCipherSuites }),
    certificates: (tlsAuth ?? []).map(readCertificate),
  };
}

function readCertificate(
  { domains, cert, key, password }: z.output<typeof certificate>,
  index: number,
): TlsOptions['certificates'][number] {
  const read = { domains: domains ?? [], cert, key, ...(password && { password }) };
  try {
    createSecureContexts({ certificates: [{ ...read, domains: [] }] })('any');
  } catch (error) {
    throw new OptionsError(`tlsAuth.${index}: ${(error as Error).message}`, { cause: error });
  }
  return read;
}

/** Reads `10.0.0.1`, `10.0.0.1:8080` and `[::1]:8080`. */
function parseHostTarget(text: string, context: z.core.$RefinementCtx): HostTarget {
  const [, bracketed, plain, port] =
    /^(?:\[([\da-fA-F:.]+)\]|([^:[\]]+|[\da-fA-F]*:[\da-fA-F:.]*:[\da-fA-F.]*))(?::(\d{1,5}))?$/.exec(
      text,
    ) ?? [];
  const host = bracketed ?? plain;
  if (host !== undefined && isIP(host) > 0) {
    return { host, ...(port !== undefined && { port: Number(port) }) };
  }
  context.addIssue({
    code: 'custom',
    message: `"${text}" is not an IP address, or one with a port`,
  });
  return z.NEVER;
}

/** True for a name that has a wildcard at most before its first dot. */
function isHostPattern(name: string): boolean {
  return !name.slice(1).includes('*') && (!name.startsWith('*') || /^\*(\.|$)/.test(name));
}

/** k6 takes no address alone. */
function isAddressRange(range: string): boolean {
  if (!range.includes('/')) return false;
  try {
    blockListOf(range);
    return true;
  } catch {
    return false;
  }
}

/** Keeps the suites that Node knows; there has to be one. */
function readCipherSuites(names: string[], context: z.core.$RefinementCtx): string[] {
  const known = knownCipherSuites(names);
  if (known.length > 0 || names.length === 0) return known;
  context.addIssue({ code: 'custom', message: `none of ${names.join(', ')} is known to Node` });
  return z.NEVER;
}
