import { createHmac, timingSafeEqual } from 'node:crypto';

/** The signature of a body and its sending time: `t=<seconds since 1970>,v1=<hex HMAC-SHA-256 of "<t>.<body>">`. */
export function signBody(body: string, secret: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000);
  return `t=${seconds},v1=${digest(`${seconds}.${body}`, secret).toString('hex')}`;
}

/**
 * True if the signature belongs to this body and this secret, and its time differs by at most `toleranceMs` from now; a
 * signature may come from the future, because clocks differ. The comparison takes the same time for every signature.
 */
export function isSignedBody(
  body: string,
  signature: string | undefined,
  options: { secret: string; nowMs: number; toleranceMs: number },
): boolean {
  const [, seconds, hex] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature ?? '') ?? [];
  if (seconds === undefined || hex === undefined) return false;
  const isRight = timingSafeEqual(
    Buffer.from(hex, 'hex'),
    digest(`${seconds}.${body}`, options.secret),
  );
  return isRight && Math.abs(options.nowMs - Number(seconds) * 1000) <= options.toleranceMs;
}

const digest = (text: string, secret: string): Buffer =>
  createHmac('sha256', secret).update(text).digest();
