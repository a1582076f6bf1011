import { createHash, createHmac, randomBytes } from 'node:crypto';

/**
 * A new refresh token: 256 random bits. The server stores its hash only, and each token may be used once.
 *
 * Its successor is computed from the token and a salt that is stored with it. So the server can give the same answer
 * again to a client that has lost it; and neither the database alone nor an old token alone reveals the successor.
 */
export const newRefreshToken = (): string => randomBytes(32).toString('base64url');
export const newSalt = (): Buffer => randomBytes(16);

export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

export const successorOf = (token: string, salt: Buffer): string =>
  createHmac('sha256', token).update(salt).digest('base64url');

/** The state of a stored refresh token at the moment of a refresh. */
export interface RefreshTokenState {
  /** It has expired, or its session has ended. */
  over: boolean;
  /** Time since its first use; absent if it was never used. */
  usedMsAgo?: number;
  successorUsed: boolean;
}

/** Time after the first use within which a client may ask again because it did not get the answer. */
const REPEAT_WITHIN_MS = 10_000;

export type RefreshDecision =
  /** The first use: the session goes on with the successor. */
  | 'rotate'
  /** A repeated use after a lost answer: the same successor again. */
  | 'repeat'
  | 'refuse'
  /** Two parties have the token, so one has stolen it. The server cannot tell which one, so the session ends for both. */
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
