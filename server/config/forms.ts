import { isIP } from 'node:net';
import * as z from 'zod';
import { UserError } from '../../src/kernel/errors.ts';

export const DAY_MS = 86_400_000;

export const whole = (min: number, max: number) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: ({ input }) => `is "${input}", not a whole number between ${min} and ${max}`,
    })
    .transform(Number);

export const oneOf = <const Name extends string>(names: readonly Name[]) =>
  z.enum(names, { error: ({ input }) => `is "${input}", none of ${names.join(', ')}` });

/** A number of requests within a number of seconds. */
export const quota = z
  .string()
  .regex(/^[1-9]\d{0,8}\/[1-9]\d{0,4}$/, 'must look like 100/10, for 100 within 10 seconds')
  .transform((text) => {
    const [points, durationSeconds] = text.split('/').map(Number) as [number, number];
    return { points, durationSeconds };
  });

/** An address, a network, or one of the names that Express has for networks. */
export const proxies = z
  .string()
  .transform((list) => list.split(','))
  .refine((names) => names.every(isProxy), 'must look like 10.0.0.0/8,192.0.2.7,loopback');

function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', prefix = '0', ...more] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits && more.length === 0;
}

/** The error for a configuration with which the server does not start (exit 2). */
export const refuseConfig = (reasons: string[], next: string): UserError =>
  UserError.usage('the server cannot start with this configuration', {
    why: reasons.join('; '),
    next,
  });
