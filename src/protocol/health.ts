import * as z from 'zod';

/** A dependency's state. `error` is the driver's message. */
const DependencyHealth = z.discriminatedUnion('state', [
  z.object({ state: z.literal('up'), latencyMs: z.number() }),
  z.object({ state: z.literal('down'), latencyMs: z.number(), error: z.string() }),
  z.object({ state: z.literal('not_configured') }),
]);
export type DependencyHealth = z.infer<typeof DependencyHealth>;

/** `GET /health`. `degraded`: a dependency that selling does not need is down. */
export const Health = z.object({
  status: z.enum(['up', 'degraded', 'down']),
  instance: z.string(),
  draining: z.boolean(),
  uptimeSeconds: z.int(),
  dependencies: z.record(z.string(), DependencyHealth),
});
export type Health = z.infer<typeof Health>;
