import * as z from 'zod';
import { EvidenceDescription, LedgerEnd, LedgerEntry } from '../protocol/ledger.ts';
import { CHALLENGES } from './operation.ts';
import { REFUSAL_CLAIMS } from './refusal-claim.ts';

/**
 * The format of a history file: NDJSON, one event per line.
 *
 *     {"type":"sale","version":3, …SaleFacts}
 *     {"type":"invoke","id":1,"at":NS,"kind":"reserve","sku":…,"buyer":…,"quantity":1,"callId":…}
 *     {"type":"ok"|"fail"|"info","id":1,"at":NS,"status":201,"hold":…,"sequence":…,"requestId":…}
 *     {"type":"scrape", …MetricsScrape}
 *     {"type":"generator","saturated":false,"reasons":[]}
 *     {"type":"ledger","entry":LedgerEntry}
 *     {"type":"books", …BooksReading}
 *     {"type":"end","invoked":N,"scrapes":N}
 *
 * The sale comes first, the end last. The ledger of each SKU is followed by the account of how it was read. Times are
 * nanoseconds of one monotonic clock, zero or more. Calls come in the order of their times and are numbered 1, 2, 3 …; an
 * answer comes somewhere behind its call, because answers that arrive together are written one after the other, with calls
 * between them. Lines are UTF-8, none longer than `LINE_BYTES_MAX`. Text behind the last line break is a line that was never
 * finished, and counts for nothing.
 */
export const HISTORY_VERSION = 3;

/** The longest line, without its break: a scrape of an instance with some hundred thousand series is shorter. */
export const LINE_BYTES_MAX = 32 * 1024 * 1024;

/** The first line. */
export const SaleLine = z.object({
  type: z.literal('sale'),
  version: z.literal(HISTORY_VERSION),
  scenario: z.string(),
  target: z.array(z.string()),
  strategy: z.string().optional(),
  skus: z.array(z.object({ skuId: z.string(), total: z.int(), unitPrice: z.string().optional() })),
  unitsPerBuyerMax: z.number(),
  holdTtlMs: z.number(),
  sweepGraceMs: z.number(),
  refusalLagMs: z.number().optional(),
  readLagMs: z.number().optional(),
  refusals: z.record(z.string(), z.enum(REFUSAL_CLAIMS)),
  sellOutExpected: z.boolean(),
  challenges: z.array(z.enum(CHALLENGES)).optional(),
  startedAtMs: z.number(),
  startedAtNs: z.number(),
  evidence: EvidenceDescription.extend({
    scraped: z.array(z.string()),
    generator: z.boolean(),
  }),
});

export const ScrapeLine = z.object({
  instance: z.string(),
  startedAtNs: z.number(),
  endedAtNs: z.number(),
  samples: z.array(
    z.object({
      name: z.string(),
      labels: z.record(z.string(), z.string()),
      value: z.number().nullable(),
    }),
  ),
});

export const LedgerLine = z.object({ entry: LedgerEntry });

export const BooksLine = z.object({
  skuId: z.string(),
  fromNs: z.number(),
  toNs: z.number(),
  counts: LedgerEnd.shape.counts.optional(),
  problem: z.string().optional(),
});

export const GeneratorLine = z.object({ saturated: z.boolean(), reasons: z.array(z.string()) });

export const EndLine = z.object({ invoked: z.int(), scrapes: z.int() });
