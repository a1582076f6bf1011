import * as z from 'zod';
import { ReferralCode } from './referrals.ts';

export const Role = z.enum(['buyer', 'organizer', 'admin']);
export type Role = z.infer<typeof Role>;

/** Body of login. bcrypt reads at most 72 bytes of a password, so longer ones are refused, not cut. */
export const Credentials = z.strictObject({
  username: z
    .string()
    .min(3)
    .max(64)
    .regex(/^[\w.@-]+$/, 'letters, digits and . _ @ - only'),
  password: z
    .string()
    .min(8)
    .max(72)
    .refine((password) => Buffer.byteLength(password) <= 72, 'at most 72 bytes')
    .describe('At most 72 bytes in UTF-8; a letter outside of ASCII has two or more.'),
});
export type Credentials = z.infer<typeof Credentials>;

/** Body of register. */
export const Registration = Credentials.extend({
  referralCode: ReferralCode.optional().describe(
    'The code of the user who brought this one: counts once for that user.',
  ),
});
export type Registration = z.infer<typeof Registration>;

/** Answer to register, login and refresh. `expiresIn` is the token's lifetime in seconds. */
export const Session = z.object({
  userId: z.uuid(),
  token: z.string(),
  refreshToken: z.string(),
  expiresIn: z.int(),
});
export type Session = z.infer<typeof Session>;

/** Body of `POST /api/auth/refresh`. A refresh token is good for one use; the answer contains the next. */
export const RefreshRequest = z.strictObject({ refreshToken: z.string().min(1).max(200) });

/** Answer to every call that ends sessions. */
export const SessionsEnded = z.object({
  sessionsEnded: z
    .int()
    .describe(
      'They are over on this instance. Another one accepts their tokens until it has heard so: milliseconds, at most three seconds.',
    ),
});
export type SessionsEnded = z.infer<typeof SessionsEnded>;

/** A session in the answer to `GET /api/v1/admin/users/:userId/sessions`, which lists open sessions, the newest first. */
export const OpenSession = z.object({
  sessionId: z.uuid(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
});
export type OpenSession = z.infer<typeof OpenSession>;
export const OpenSessions = z.object({ sessions: z.array(OpenSession) });
export type OpenSessions = z.infer<typeof OpenSessions>;

/** `PUT /api/v1/admin/users/:userId/role`. A change ends the user's sessions, because their tokens carry the old role. */
export const PutRole = z.strictObject({ role: Role });
export const RolePut = SessionsEnded.extend({ userId: z.uuid(), role: Role });
export type RolePut = z.infer<typeof RolePut>;
