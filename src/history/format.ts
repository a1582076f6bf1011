import * as z from 'zod';
import { EvidenceDescription, LedgerEnd, LedgerEntry } from '../protocol/ledger.ts';
import { WAYS_OF_SELLING } from '../protocol/ways-of-selling.ts';
import { COUNTED } from './counted.ts';
import { FAULT_NAMES } from './fault.ts';
import { CHALLENGES, OPERATION_KINDS } from './operation.ts';
import { REFUSAL_REASONS } from './refusal-reason.ts';

/**
 * The format of a history file: NDJSON, one event per line. docs/history.md explains it, and docs/history.schema.json is
 * made from the schemas below.
 *
 *     {"type":"sale","version":4, …SaleFacts}
 *     {"type":"invoke","id":1,"at":NS,"kind":"reserve","sku":…,"buyer":…,"quantity":1,"callId":…}
 *     {"type":"ok"|"fail"|"info","id":1,"at":NS,"status":201,"hold":…,"sequence":…,"requestId":…}
 *     {"type":"scrape", …MetricsScrape}
 *     {"type":"fault","name":"redis-emptied","atNs":NS,"untilNs":NS}
 *     {"type":"phase","scenario":"buyers","stage":"to 50 VUs","atNs":NS,"untilNs":NS}
 *     {"type":"generator","saturated":false,"reasons":[]}
 *     {"type":"ledger","entry":LedgerEntry}
 *     {"type":"books", …BooksReading}
 *     {"type":"invariant", …InvariantResult}
 *     {"type":"counted", …CountedFact}
 *     {"type":"end","invoked":N,"scrapes":N}
 *
 * The sale comes first, the end last. The ledger of each SKU is followed by the account of how it was read. Times are
 * nanoseconds of one monotonic clock, zero or more. Calls come in the order of their times and are numbered 1, 2, 3 …; an
 * answer comes somewhere behind its call, because answers that arrive together are written one after the other, with calls
 * between them. Lines are UTF-8, none longer than `LINE_BYTES_MAX`. Text behind the last line break is a line that was never
 * finished, and counts for nothing.
 */
export const HISTORY_VERSION = 4;

/** Older versions that are read as well: their facts are a subset of those of this one. */
export const OLDER_VERSIONS: readonly unknown[] = [3];

/** The longest line, without its break: a scrape of an instance with some hundred thousand series is shorter. */
export const LINE_BYTES_MAX = 32 * 1024 * 1024;

/** A time of the history's clock, or a span of it. */
const Ns = z.number().min(0);
const Ms = z.number().min(0);

/** The first line. */
export const SaleLine = z.object({
  type: z.literal('sale'),
  version: z.literal(HISTORY_VERSION),
  scenario: z.string(),
  target: z.array(z.string()),
  shop: z.string().optional(),
  strategy: z.string().optional(),
  skus: z.array(
    z.object({
      skuId: z.string(),
      total: z.int(),
      unitPrice: z.string().optional(),
      soldBy: z.enum(WAYS_OF_SELLING).optional(),
      isReward: z.boolean().optional(),
      opensAt: z.iso.datetime().optional(),
      closesAt: z.iso.datetime().optional(),
      wasOnSale: z.boolean().optional(),
    }),
  ),
  nobodyElseBuys: z.boolean().optional(),
  unitsPerBuyerMax: z.number().optional(),
  holdsPerBuyerMax: z.number().optional(),
  holdTtlMs: Ms.optional(),
  sweepGraceMs: Ms,
  soldUntilSwept: z.boolean().optional(),
  refusalLagMs: Ms.optional(),
  readLagMs: Ms.optional(),
  refusals: z.record(z.string(), z.enum(REFUSAL_REASONS)),
  sellOutExpected: z.boolean(),
  challenges: z.array(z.enum(CHALLENGES)).optional(),
  traces: z.boolean().optional(),
  startedAtMs: z.number(),
  startedAtNs: Ns,
  part: z
    .object({
      number: z.int().min(1),
      of: z.int().min(1),
      sale: z.string().optional(),
      plan: z.string().optional(),
    })
    .optional(),
  evidence: EvidenceDescription.extend({
    scraped: z.array(z.string()),
    scrapedAll: z.boolean().optional(),
    generator: z.boolean(),
    invariants: z.array(z.string()).optional(),
    counters: z.partialRecord(z.enum(COUNTED), z.string()).optional(),
  }),
});

const Id = z.int().min(1);

/** A call, right before its request was written. Lines of calls stand in the order of their times. */
export const InvokeLine = z.object({
  type: z.literal('invoke'),
  id: Id,
  at: Ns,
  kind: z.enum(OPERATION_KINDS),
  quantity: z.number(),
  sku: z.string().optional(),
  buyer: z.string().optional(),
  callId: z.string().optional(),
  idempotencyKey: z.string().optional(),
  hold: z.string().optional(),
  order: z.string().optional(),
  voucher: z.string().optional(),
  ticket: z.string().optional(),
  basket: z.string().optional(),
  instance: z.string().optional(),
});

/** The answer to a call, or the end of waiting for one (`info`). */
export const CompleteLine = z.object({
  type: z.enum(['ok', 'fail', 'info']),
  id: Id,
  at: Ns,
  status: z.int(),
  code: z.string().optional(),
  hold: z.string().optional(),
  order: z.string().optional(),
  voucher: z.string().optional(),
  sku: z.string().optional(),
  sequence: z.int().optional(),
  observed: z
    .object({
      available: z.int().optional(),
      reserved: z.int().optional(),
      sold: z.int().optional(),
      decision: z.string().optional(),
    })
    .optional(),
  requestId: z.string().optional(),
});

export const ScrapeLine = z
  .object({
    type: z.literal('scrape'),
    instance: z.string(),
    startedAtNs: Ns,
    endedAtNs: Ns,
    requestId: z.string().optional(),
    samples: z.array(
      z.object({
        name: z.string(),
        labels: z.record(z.string(), z.string()),
        value: z.number().nullable(),
      }),
    ),
  })
  .refine(({ startedAtNs, endedAtNs }) => startedAtNs <= endedAtNs, {
    path: ['endedAtNs'],
    message: 'before startedAtNs',
  });

export const LedgerLine = z.object({ type: z.literal('ledger'), entry: LedgerEntry });

export const BooksLine = z
  .object({
    type: z.literal('books'),
    skuId: z.string(),
    fromNs: Ns,
    toNs: Ns,
    counts: LedgerEnd.shape.counts.optional(),
    problem: z.string().optional(),
  })
  .refine(({ fromNs, toNs }) => fromNs <= toNs, { path: ['toNs'], message: 'before fromNs' });

/** The rise of one of the target's counters, as a Prometheus saw it. */
export const CountedLine = z.object({
  type: z.literal('counted'),
  decision: z.enum(COUNTED),
  selector: z.string(),
  source: z.string(),
  least: z.number(),
  most: z.number().nullable(),
});

/** The result of an assertion of the user's own. */
export const InvariantLine = z.object({
  type: z.literal('invariant'),
  name: z.string(),
  status: z.enum(['valid', 'invalid', 'unknown']),
  summary: z.string(),
  rows: z.array(z.record(z.string(), z.unknown())).optional(),
});

export const GeneratorLine = z.object({
  type: z.literal('generator'),
  saturated: z.boolean(),
  reasons: z.array(z.string()),
});

/** Something that the run broke on purpose. */
export const FaultLine = z.object({
  type: z.literal('fault'),
  name: z.enum(FAULT_NAMES),
  atNs: Ns,
  untilNs: Ns.optional(),
  met: z.int().optional(),
});

/** A stage of a scenario of the load, or a scenario without stages. */
export const PhaseLine = z.object({
  type: z.literal('phase'),
  scenario: z.string(),
  stage: z.string().optional(),
  atNs: Ns,
  untilNs: Ns.optional(),
});

export const EndLine = z.object({ type: z.literal('end'), invoked: z.int(), scrapes: z.int() });

/** One line of a history. The reader checks the lines of operations by hand, because there are millions of them. */
export const HistoryLine = z.discriminatedUnion('type', [
  SaleLine,
  InvokeLine,
  CompleteLine,
  ScrapeLine,
  FaultLine,
  PhaseLine,
  GeneratorLine,
  LedgerLine,
  BooksLine,
  CountedLine,
  InvariantLine,
  EndLine,
]);
