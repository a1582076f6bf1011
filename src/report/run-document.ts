import * as z from 'zod';
import type { Verdict } from '../checkers/verdict.ts';
import type { Operation, SaleFacts } from '../history/operation.ts';
import { traceOfCall } from '../kernel/trace-ids.ts';
import { isSale, type LoadReport } from '../run/run-report.ts';

/**
 * Version of the JSON document that `run --json` and `verify --json` print for CI and other programs. A change that
 * could break a reader raises it. The schema is published as docs/run-document.schema.json.
 */
export const SCHEMA_VERSION = 1;

const DocumentedOperation = z.object({
  kind: z.string(),
  outcome: z.enum(['ok', 'fail', 'info']),
  buyer: z.string().optional(),
  sku: z.string().optional(),
  quantity: z.int(),
  hold: z.string().optional(),
  sequence: z.int().optional(),
  status: z.int(),
  code: z.string().optional(),
  requestId: z.string().optional(),
  /** Its trace, where the run made traces. */
  traceId: z.string().optional(),
  instance: z.string().optional(),
  /** Wall time at which the request was sent. */
  sentAt: z.iso.datetime(),
  /** Wall time at which the answer was read; null if none came. */
  answeredAt: z.iso.datetime().nullable(),
});

const DocumentedVerdict = z.object({
  status: z.enum(['valid', 'invalid', 'unknown', 'inconclusive']),
  sentence: z.string(),
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['valid', 'invalid', 'unknown', 'missing', 'skipped']),
      summary: z.string(),
      witness: z.object({ prose: z.string(), operations: z.array(DocumentedOperation) }).nullable(),
    }),
  ),
  /** The evidence that the verdict rests on, and what nobody could see. */
  basis: z.string(),
  /** Things that a reader should know and that are evidence of nothing, one sentence each. */
  notes: z.array(z.string()).optional(),
  /** Evidence that was promised and is missing, one sentence each. */
  missing: z.array(z.string()),
  inconclusiveBecause: z.array(z.string()),
});

const Count = z.int().min(0);

export const VerdictDocument = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  scenario: z.string(),
  target: z.array(z.string()),
  verdict: DocumentedVerdict,
});
export type VerdictDocument = z.infer<typeof VerdictDocument>;

export const RunDocument = VerdictDocument.extend({
  /** Null if the scenario sells nothing: then there is nothing to judge. */
  verdict: DocumentedVerdict.nullable(),
  summary: z.object({
    elapsedMs: z.number(),
    /**
     * `sent` is the sum of `ok`, `soldOut`, `refused`, `limited`, `error`, `unclassified` and
     * `unknown`; `notSent` is not part of it.
     */
    requests: z.object({
      sent: Count,
      ok: Count,
      soldOut: Count,
      refused: Count,
      limited: Count,
      error: Count,
      unclassified: Count,
      unknown: Count,
      notSent: Count,
    }),
    iterations: z.object({
      completed: Count,
      /** Iterations that a schedule asked for; null for a load whose VUs begin the next one when they have ended one. */
      offered: Count.nullable(),
      dropped: Count,
      interrupted: Count,
      threw: Count,
    }),
    stock: z.array(
      z.object({
        skuId: z.string(),
        total: Count,
        available: z.int(),
        held: z.int(),
        sold: z.int(),
      }),
    ),
    metrics: z.record(
      z.string(),
      z.object({
        type: z.enum(['counter', 'gauge', 'rate', 'trend']),
        contains: z.enum(['default', 'time', 'data']),
        values: z.record(z.string(), z.number()),
      }),
    ),
    checks: z.array(z.object({ name: z.string(), group: z.string(), passes: Count, fails: Count })),
    /**
     * CPU seconds that the server's processes took from the first scrape of their metrics, before the load, to the last one,
     * when all its work was done. Null if the target does not tell it.
     */
    serverCpuSeconds: z.number().nullable(),
    stoppedBy: z
      .enum(['interrupt', 'threshold', 'script-abort', 'target-gone', 'violation'])
      .nullable(),
  }),
  /** The part of a sale that the run fired: it has no verdict until all histories are judged. Null for whole loads. */
  part: z.object({ number: z.int(), of: z.int() }).nullable(),
  /**
   * The broken invariants that were seen while the load ran, at most one of each check. If the load was stopped for them,
   * `summary.stoppedBy` is `violation`.
   */
  seenWhileRunning: z.array(
    z.object({
      check: z.string(),
      summary: z.string(),
      /** Time since the load began. */
      afterMs: z.number(),
    }),
  ),
  /** The result of each round; empty if there was one. Everything else is that of the worst. */
  rounds: z.array(
    z.object({
      round: z.int(),
      start: z.enum(['cold', 'warm']),
      status: z.enum(['valid', 'invalid', 'unknown', 'inconclusive']),
      sentence: z.string(),
      broken: z.array(z.string()),
      skus: z.array(z.string()),
      startedAt: z.iso.datetime(),
      elapsedMs: z.number(),
      loadPassed: z.boolean(),
      historyFile: z.string().nullable(),
    }),
  ),
  thresholds: z.array(
    z.object({
      metric: z.string(),
      expression: z.string(),
      ok: z.boolean(),
      /** Null if there was no value to compare. */
      observed: z.number().nullable(),
      /** The reason why there is no value, or why a check does not count as valid; else null. */
      reason: z.string().nullable(),
    }),
  ),
  environment: z.object({
    node: z.string(),
    os: z.string(),
    cpus: z.int(),
    version: z.string(),
    command: z.string(),
    startedAt: z.iso.datetime(),
    seed: z.int(),
    /** Null for a target that the run did not start. */
    strategy: z.string().nullable(),
    instances: z.int().nullable(),
    historyFile: z.string().nullable(),
    /** The foreign program that fired the load, and what it leaves unknown; null for the tool's own engine. */
    runner: z.object({ name: z.string(), notKnown: z.array(z.string()) }).nullable(),
  }),
  /** Samples and files that the outputs (`--out`, `--summary-export`) could not write, one sentence each. */
  outputProblems: z.array(z.string()),
});
export type RunDocument = z.infer<typeof RunDocument>;

/** The document of a run; for a plain load it has no verdict and no stock. */
export function describeRun(report: LoadReport): RunDocument {
  const { load, environment, part } = report;
  const sale = isSale(report) ? report : undefined;
  return {
    ...(sale
      ? describeVerdict(sale.verdict, sale.sale)
      : {
          schemaVersion: SCHEMA_VERSION,
          scenario: report.scenario,
          target: part?.target ?? [],
          verdict: null,
        }),
    summary: {
      elapsedMs: load.elapsedMs,
      requests: { ...load.outcomes },
      iterations: {
        completed: load.iterations,
        offered: load.generator.offeredIterations ?? null,
        dropped: load.droppedIterations,
        interrupted: load.interruptedIterations,
        threw: load.exceptions.count,
      },
      stock: sale?.stock ?? [],
      metrics: load.metrics,
      checks: load.checks,
      serverCpuSeconds: sale?.serverCpuSeconds ?? null,
      stoppedBy: load.stoppedBy ?? null,
    },
    part: part === undefined ? null : { number: part.number, of: part.of },
    seenWhileRunning: sale?.seen ?? [],
    rounds: (sale?.rounds ?? []).map(({ historyFile, ...round }) => ({
      ...round,
      historyFile: historyFile ?? null,
    })),
    thresholds: load.thresholds.map(({ observed, reason, ...threshold }) => ({
      ...threshold,
      observed: observed ?? null,
      reason: reason ?? null,
    })),
    environment: {
      ...environment,
      seed: report.seed,
      strategy: sale?.strategy ?? null,
      instances: sale?.instances ?? null,
      historyFile: (sale ?? part)?.historyFile ?? null,
      runner: report.runner ?? null,
    },
    outputProblems: report.outputProblems,
  };
}

/** The document of a verdict, from a run or from a recorded history. */
export function describeVerdict(verdict: Verdict, sale: SaleFacts): VerdictDocument {
  return {
    schemaVersion: SCHEMA_VERSION,
    scenario: sale.scenario,
    target: sale.target,
    verdict: {
      status: verdict.status,
      sentence: verdict.sentence,
      checks: verdict.checks.map(({ name, status, summary, witness }) => ({
        name,
        status,
        summary,
        witness:
          witness === undefined
            ? null
            : {
                prose: witness.prose,
                operations: witness.operations.map((operation) =>
                  describeOperation(operation, sale),
                ),
              },
      })),
      basis: verdict.basis,
      ...(verdict.notes?.length ? { notes: verdict.notes } : {}),
      missing: verdict.missing,
      inconclusiveBecause: verdict.inconclusiveBecause,
    },
  };
}

function describeOperation(
  operation: Operation,
  sale: SaleFacts,
): z.infer<typeof DocumentedOperation> {
  const { kind, outcome, buyer, sku, quantity, hold, sequence, status, code } = operation;
  const wallTime = (ns: number): string =>
    new Date(sale.startedAtMs + (ns - sale.startedAtNs) / 1e6).toISOString();
  return {
    kind,
    outcome,
    buyer,
    sku,
    quantity,
    hold,
    sequence,
    status,
    code,
    requestId: operation.requestId,
    traceId: sale.traces ? traceOfCall(operation.callId)?.traceId : undefined,
    instance: operation.instance,
    sentAt: wallTime(operation.invokedAtNs),
    answeredAt: Number.isFinite(operation.completedAtNs) ? wallTime(operation.completedAtNs) : null,
  };
}
