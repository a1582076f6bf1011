import { createHash, createHmac, randomBytes } from 'node:crypto';

/**
 * A refresh token is 256 random bits, stored as its hash and good for one use. The one that follows is made of the old
 * one and a salt stored with it: so the same answer can be given once more to a client that lost it, and neither the
 * database nor an old token alone is enough to know the next.
 */
export const newRefreshToken = (): string => randomBytes(32).toString('base64url');
export const newSalt = (): Buffer => randomBytes(16);

export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

export const successorOf = (token: string, salt: Buffer): string =>
  createHmac('sha256', token).update(salt).digest('base64url');

/** What is known of a refresh token that exists when somebody shows it. */
export interface RefreshTokenState {
  /** It has expired, or its session has ended. */
  over: boolean;
  /** How long ago it was used first; absent: never. */
  usedMsAgo?: number;
  successorUsed: boolean;
}

/** A client that did not get its answer asks again within this time. */
const REPEAT_WITHIN_MS = 10_000;

export type RefreshDecision =
  /** Its one use. */
  | 'rotate'
  /** The answer was lost on its way: the same successor again. */
  | 'repeat'
  | 'refuse'
  /** Two have it, and one of them stole it. Nobody can tell which, so the session ends for both. */
  | 'end_session';

export function decideRefresh({
  over,
  usedMsAgo,
  successorUsed,
}: RefreshTokenState): RefreshDecision {
  if (over) return 'refuse';
  if (usedMsAgo === undefined) return 'rotate';
  return usedMsAgo <= REPEAT_WITHIN_MS && !successorUsed ? 'repeat' : 'end_session';
}
