import * as z from 'zod';

export const traceVariables = {
  TRACES_URL: z
    .string()
    .refine((url) => /^https?:\/\//.test(url) && URL.canParse(url), {
      error: 'must look like http://127.0.0.1:4318',
    })
    .optional(),
};

export interface TraceConfig {
  /** The collector that gets the traces, over OTLP/HTTP; absent: none are made. It may hold user and password. */
  tracesUrl?: string;
}

export const readTraces = (read: z.output<z.ZodObject<typeof traceVariables>>): TraceConfig => ({
  tracesUrl: read.TRACES_URL,
});
