import type { Request, RequestHandler, Response } from 'express';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { createLimiter, type Quota } from '../../platform/limiter.ts';
import type { Redis } from '../../platform/redis.ts';
import { routeOf } from '../request/route.ts';
import { refuse } from '../response/problem.ts';

/**
 * Quotas for the requests of one address, for those of one user, for those of all users to one hot route, and for the
 * registrations of one address, each of which takes the work of a password and leaves a row for ever.
 */
export type RateLimits = Record<PolicyName, Quota>;
type PolicyName = 'ip' | 'user' | 'admission' | 'registration';

interface Policy {
  name: PolicyName;
  consume(key: string): Promise<RateLimiterRes>;
  /** Its value in the header `RateLimit-Policy`. */
  description: string;
}

/**
 * Refuses requests above a quota with 429, and adds to every answer how much of each quota is left (the RateLimit headers
 * of the IETF draft). A refused request has had no effect, so the client may send it again unchanged.
 */
export function createRateLimits(deps: {
  redis: Redis | undefined;
  limits: RateLimits;
  /** Routes that all buyers call at the same moment, such as `POST /api/v1/orders`. */
  hotRoutes: ReadonlySet<string>;
  onRefused(policy: string): void;
}): {
  byIp: RequestHandler;
  /** Counts a registration for its address. */
  registration: RequestHandler;
  /** Counts a request that is answered outside of Express. Resolves to the time to wait when its address has too many. */
  waitOf(req: Request): Promise<number | undefined>;
  /** Authenticates, then counts the request for its user and, on a hot route, for that route. */
  byUserAfter(authenticate: RequestHandler): RequestHandler;
} {
  const { redis, limits, hotRoutes, onRefused } = deps;

  const createPolicy = (name: PolicyName): Policy => {
    const quota = limits[name];
    const limiter = createLimiter(redis, `limit-${name}`, quota);
    return {
      name,
      consume: (key) => limiter.consume(key),
      description: `"${name}";q=${quota.points};w=${quota.durationSeconds}`,
    };
  };
  const [ip, user, admission, registration] = [
    createPolicy('ip'),
    createPolicy('user'),
    createPolicy('admission'),
    createPolicy('registration'),
  ];

  /** Counts a request. Resolves to false when a policy refuses the request, which has then been answered. */
  async function admit(res: Response, asked: [Policy, string][]): Promise<boolean> {
    const taken = await Promise.all(
      asked.map(async ([policy, key]) => ({ policy, ...(await take(policy, key)) })),
    );
    for (const { policy, left } of taken) {
      const seconds = Math.ceil(left.msBeforeNext / 1000);
      res.appendHeader('ratelimit-policy', policy.description);
      res.appendHeader('ratelimit', `"${policy.name}";r=${left.remainingPoints};t=${seconds}`);
    }
    const refused = taken.filter(({ isRefused }) => isRefused);
    if (refused.length === 0) return true;

    for (const { policy } of refused) onRefused(policy.name);
    const waitMs = Math.max(...refused.map(({ left }) => left.msBeforeNext));
    res.setHeader('retry-after', String(Math.max(1, Math.ceil(waitMs / 1000))));
    const names = refused.map(({ policy }) => policy.name).join(', ');
    refuse(res, 'RATE_LIMITED', `Too many requests (${names}); nothing was begun.`);
    return false;
  }

  /** Health and metrics have no limits: they are needed most when there are too many requests. */
  const isMonitoring = (req: Request) => /^\/(health|metrics)(\/|$)/.test(req.path);

  const countByAddress =
    (policy: Policy): RequestHandler =>
    (req, res, next) => {
      admit(res, [[policy, networkOf(req.ip ?? '')]]).then((isIn) => isIn && next(), next);
    };
  const countByIp = countByAddress(ip);

  return {
    byIp: (req, res, next) => {
      if (isMonitoring(req)) next();
      else countByIp(req, res, next);
    },
    registration: countByAddress(registration),
    async waitOf(req) {
      const { left, isRefused } = await take(ip, networkOf(req.ip ?? ''));
      if (!isRefused) return undefined;
      onRefused(ip.name);
      return left.msBeforeNext;
    },
    byUserAfter: (authenticate) => (req, res, next) =>
      authenticate(req, res, (error?: unknown) => {
        if (error !== undefined) {
          next(error);
          return;
        }
        const asked: [Policy, string][] = [[user, req.caller.userId]];
        const route = `${req.method} ${routeOf(req)}`;
        if (hotRoutes.has(route)) asked.push([admission, route]);
        admit(res, asked).then((isIn) => isIn && next(), next);
      }),
  };
}

async function take(policy: Policy, key: string) {
  try {
    return { left: await policy.consume(key), isRefused: false };
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return { left: refused, isRefused: true };
    throw refused;
  }
}

/** The key of an address: an IPv4 address itself, or the /64 of an IPv6 address, because one client has a whole /64. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(ip)?.[1];
  if (mapped !== undefined || !ip.includes(':')) return mapped ?? ip;
  const [head = [], tail = []] = ip.split('::').map((part) => part.split(':').filter(Boolean));
  const gap = Array(Math.max(0, 8 - head.length - tail.length)).fill('0');
  return `${[...head, ...gap, ...tail].slice(0, 4).join(':')}::/64`;
}
