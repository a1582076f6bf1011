import * as z from 'zod';

// The HTTP contract between the mail server that a run starts and the run.

/** Body of `PUT /behaviour`. */
export const MailBehaviour = z.strictObject({
  /** True: each mail is refused, so that it has to be sent again later. */
  refusing: z.boolean(),
});

/** Answer to `PUT /behaviour`: the mails that were taken and refused since the server started. */
export const MailCounts = z.object({ taken: z.int(), refused: z.int() });
export type MailCounts = z.infer<typeof MailCounts>;
