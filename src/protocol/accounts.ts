import { z } from 'zod';

export const Role = z.enum(['buyer', 'organizer', 'admin']);
export type Role = z.infer<typeof Role>;

/** Body of register and login. bcrypt reads at most 72 bytes of a password, so longer ones are refused, not cut. */
export const Credentials = z.strictObject({
  username: z
    .string()
    .min(3)
    .max(64)
    .regex(/^[\w.@-]+$/, 'letters, digits and . _ @ - only'),
  password: z
    .string()
    .min(8)
    .refine((password) => Buffer.byteLength(password) <= 72, 'at most 72 bytes'),
});
export type Credentials = z.infer<typeof Credentials>;

export const Session = z.object({ userId: z.uuid(), token: z.string() });
export type Session = z.infer<typeof Session>;
