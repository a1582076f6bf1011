import * as z from 'zod';
import type { RateLimits } from '../http/guards/rate-limit.ts';
import { DAY_MS, oneOf, proxies, quota, whole } from './forms.ts';

export const httpVariables = {
  PORT: whole(0, 65_535).default(3000),
  BODY_LIMIT_BYTES: whole(1, 100_000_000).default(65_536),
  TRUSTED_PROXIES: proxies.default([]),
  CORS_ORIGINS: z
    .string()
    .regex(
      /^(\*|https?:\/\/[\w.:-]+(,https?:\/\/[\w.:-]+)*)$/,
      'must look like https://shop.example,https://app.example, or be *',
    )
    .transform((list) => list.split(','))
    .default([]),
  RATE_LIMITS: oneOf(['on', 'off']).optional(),
  RATE_LIMIT_IP: quota.default({ points: 1000, durationSeconds: 10 }),
  RATE_LIMIT_USER: quota.default({ points: 50, durationSeconds: 10 }),
  RATE_LIMIT_REGISTRATION: quota.default({ points: 100, durationSeconds: 60 }),
  RATE_LIMIT_ADMISSION: quota.default({ points: 20_000, durationSeconds: 1 }),
  DRAIN_NOTICE_MS: whole(0, DAY_MS).default(0),
  DRAIN_TIMEOUT_MS: whole(0, DAY_MS).default(10_000),
  LOG_REQUESTS_INTERVAL_MS: whole(0, DAY_MS).default(60_000),
};

export interface HttpConfig {
  host: string;
  /** 0 lets the operating system choose. */
  port: number;
  bodyLimitBytes: number;
  /** Load balancers whose X-Forwarded-For is believed. */
  trustedProxies: string[];
  /** Origins whose pages may call the API; `*` is every one. */
  corsOrigins: string[];
  /**
   * Absent: nobody is limited. Limits are on by default where strangers may reach the server. They are off on a machine
   * in development, because a load test sends the requests of a thousand buyers from one address and must measure the
   * sale, not the limits.
   */
  rateLimits?: RateLimits;
  /** Time in which a load balancer may notice that this instance is about to stop. */
  drainNoticeMs: number;
  drainTimeoutMs: number;
  /** Time between two lines about the requests answered meanwhile; 0 writes none. */
  logRequestsIntervalMs: number;
}

export function readHttp(
  read: z.output<z.ZodObject<typeof httpVariables>> & { HOST: string },
  exposure: string | undefined,
): HttpConfig {
  const isLimited = (read.RATE_LIMITS ?? (exposure === undefined ? 'off' : 'on')) === 'on';
  return {
    host: read.HOST,
    port: read.PORT,
    bodyLimitBytes: read.BODY_LIMIT_BYTES,
    trustedProxies: read.TRUSTED_PROXIES,
    corsOrigins: read.CORS_ORIGINS,
    rateLimits: isLimited
      ? {
          ip: read.RATE_LIMIT_IP,
          user: read.RATE_LIMIT_USER,
          admission: read.RATE_LIMIT_ADMISSION,
          registration: read.RATE_LIMIT_REGISTRATION,
        }
      : undefined,
    drainNoticeMs: read.DRAIN_NOTICE_MS,
    drainTimeoutMs: read.DRAIN_TIMEOUT_MS,
    logRequestsIntervalMs: read.LOG_REQUESTS_INTERVAL_MS,
  };
}
