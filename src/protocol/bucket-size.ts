import * as z from 'zod';

/** The sizes of the buckets of time in which things are counted, in UTC. */
export const BucketSize = z.enum(['minute', 'hour', 'day']);
export type BucketSize = z.infer<typeof BucketSize>;
