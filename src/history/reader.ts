import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { rootMessage, UserError } from '../kernel/errors.ts';
import type { MetricsScrape } from '../metrics/scrape.ts';
import { LedgerRow } from '../protocol/ledger.ts';
import { addLedgerRow, emptyLedger, type LedgerSnapshot } from './ledger-snapshot.ts';
import {
  CHALLENGES,
  OPERATION_KINDS,
  type Operation,
  type OperationKind,
  type Outcome,
  type SaleFacts,
} from './operation.ts';
import { HISTORY_VERSION } from './recorder.ts';

/** What a history file holds, in the shape the judge reads. Parts that were not recorded, or only half, are absent. */
export interface RecordedHistory {
  sale: SaleFacts;
  /** In the order of invocation; a call without a completion is `info`. */
  operations: Operation[];
  ledger?: LedgerSnapshot;
  scrapes?: MetricsScrape[];
  generator?: { saturated: boolean; reasons: string[] };
  /** The closing line is missing: whoever recorded this was killed. A half-written last line was left out. */
  truncated: boolean;
}

const SaleLine = z.object({
  type: z.literal('sale'),
  version: z.literal(HISTORY_VERSION),
  scenario: z.string(),
  target: z.array(z.string()),
  strategy: z.string().optional(),
  skus: z.array(z.object({ skuId: z.string(), total: z.int() })),
  unitsPerBuyerMax: z.number(),
  holdTtlMs: z.number(),
  sweepGraceMs: z.number(),
  refusalLagMs: z.number().optional(),
  sellOutExpected: z.boolean(),
  challenges: z.array(z.enum(CHALLENGES)).optional(),
  soldOutCodes: z.array(z.string()).optional(),
  startedAtMs: z.number(),
  startedAtNs: z.number(),
});

const ScrapeLine = z.object({
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

const LedgerLine = z.object({ entry: LedgerRow });

const GeneratorLine = z.object({ saturated: z.boolean(), reasons: z.array(z.string()) });

/**
 * Reads a history written by `createHistoryFile`, a line at a time, so that a million operations need no more memory
 * than the operations themselves.
 *
 * @throws UserError (usage) naming the line and the reason when the file is not a history of this version
 */
export async function readHistory(path: string): Promise<RecordedHistory> {
  const parser = createParser(path);
  let rest = '';
  try {
    for await (const chunk of createReadStream(path, {
      encoding: 'utf8',
      highWaterMark: 1 << 20,
    })) {
      const text: string = rest === '' ? chunk : rest + chunk;
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        parser.line(text.slice(start, end));
        start = end + 1;
      }
      rest = text.slice(start);
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw UserError.usage(`the history ${path} cannot be read`, {
      why: rootMessage(error),
      next: 'give the path of a file that `run --history FILE` wrote',
      cause: error,
    });
  }
  return parser.finish(rest);
}

/** Whatever a line of JSON may hold; what is used of it is checked where it is used. */
type Line = Record<string, unknown>;

function createParser(path: string) {
  let lineNumber = 0;
  let sale: SaleFacts | undefined;
  const operations: Operation[] = [];
  const completed = new Set<number>();
  const ledger = emptyLedger();
  let ledgerRows = 0;
  let ledgerComplete = false;
  const scrapes: MetricsScrape[] = [];
  let generator: RecordedHistory['generator'];
  let ended = false;
  const same = createInterner();

  function refuse(why: string, cause?: unknown): never {
    throw UserError.usage(`${path} is not a history this version can read`, {
      why: `line ${lineNumber}: ${why}`,
      next: 'give a file that `run --history FILE` of this version wrote',
      cause,
    });
  }

  function shaped<T>(schema: z.ZodType<T>, line: Line): T {
    const parsed = schema.safeParse(line);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return refuse(`${issue?.path.join('.') || 'the line'}: ${issue?.message}`, parsed.error);
  }

  function line(text: string): void {
    lineNumber++;
    const parsed = parse(text);
    if (sale === undefined) {
      readSale(parsed);
      return;
    }
    if (ended) refuse('nothing may follow the closing line');
    switch (parsed.type) {
      case 'invoke':
        invoke(parsed);
        break;
      case 'ok':
      case 'fail':
      case 'info':
        complete(parsed, parsed.type);
        break;
      case 'scrape':
        readScrape(parsed);
        break;
      case 'ledger':
        readLedger(parsed);
        break;
      case 'generator':
        generator = shaped(GeneratorLine, parsed);
        break;
      case 'end':
        if (parsed.invoked !== operations.length) {
          refuse(`${parsed.invoked} calls were recorded, ${operations.length} are in the file`);
        }
        ended = true;
        break;
      default:
        refuse(`unknown type ${JSON.stringify(parsed.type)}`);
    }
  }

  function parse(text: string): Line {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (error) {
      refuse('not JSON', error);
    }
    if (typeof parsed !== 'object' || parsed === null) refuse('not a JSON object');
    return parsed as Line;
  }

  function readSale(parsed: Line): void {
    if (parsed.type !== 'sale') refuse('a history starts with its sale');
    if (parsed.version !== HISTORY_VERSION) {
      refuse(`version ${JSON.stringify(parsed.version)}, expected ${HISTORY_VERSION}`);
    }
    const { type: _type, version: _version, ...facts } = shaped(SaleLine, parsed);
    sale = facts;
  }

  function invoke(parsed: Line): void {
    const { id, at, quantity } = parsed;
    if (id !== operations.length + 1)
      refuse(`call ${id} where call ${operations.length + 1} is due`);
    if (typeof at !== 'number' || typeof quantity !== 'number' || !isKind(parsed.kind)) {
      refuse('a call without its time, quantity or kind');
    }
    operations.push({
      id: operations.length + 1,
      kind: parsed.kind,
      sku: same(parsed.sku),
      buyer: same(parsed.buyer),
      quantity,
      callId: parsed.callId as string | undefined,
      idempotencyKey: same(parsed.idempotencyKey),
      hold: same(parsed.hold),
      order: same(parsed.order),
      voucher: same(parsed.voucher),
      invokedAtNs: at,
      outcome: 'info',
      completedAtNs: Number.POSITIVE_INFINITY,
      status: 0,
      code: undefined,
      sequence: undefined,
      observed: undefined,
      requestId: undefined,
      instance: same(parsed.instance),
    });
  }

  function complete(parsed: Line, outcome: Outcome): void {
    const { id, at, status } = parsed;
    const operation = typeof id === 'number' ? operations[id - 1] : undefined;
    if (operation === undefined) refuse(`an answer to call ${JSON.stringify(id)}, never made`);
    if (completed.has(operation.id)) refuse(`a second answer to call ${operation.id}`);
    if (typeof at !== 'number' || typeof status !== 'number') {
      refuse('an answer without its time or status');
    }
    if (at < operation.invokedAtNs) refuse(`call ${operation.id} was answered before it was made`);
    completed.add(operation.id);
    operation.outcome = outcome;
    // An `info` may take effect at any time after, so the moment the client gave up means nothing.
    if (outcome !== 'info') operation.completedAtNs = at;
    operation.status = status;
    operation.code = same(parsed.code);
    const hold = same(parsed.hold);
    if (operation.hold === undefined) operation.hold = hold;
    else if (hold !== operation.hold) operation.newHold = hold;
    operation.order ??= same(parsed.order);
    operation.voucher ??= same(parsed.voucher);
    operation.sku ??= same(parsed.sku);
    operation.sequence = parsed.sequence as number | undefined;
    operation.observed = parsed.observed as Operation['observed'];
    operation.requestId = parsed.requestId as string | undefined;
  }

  function readScrape(parsed: Line): void {
    const scrape = shaped(ScrapeLine, parsed);
    // JSON has no NaN or infinity; a sample that was one tells nothing and is left out.
    const samples = scrape.samples.flatMap(({ name, labels, value }) =>
      value === null ? [] : [{ name, labels, value }],
    );
    scrapes.push({ ...scrape, samples });
  }

  function readLedger(parsed: Line): void {
    const { entry: row } = shaped(LedgerLine, parsed);
    if (row.row === 'end') {
      ledgerComplete = row.rows === ledgerRows;
      return;
    }
    addLedgerRow(ledger, row);
    ledgerRows++;
  }

  /** `rest` is what stood after the last line break: nothing, or a line its writer never finished. */
  function finish(rest: string): RecordedHistory {
    if (sale === undefined) {
      lineNumber++;
      refuse(rest === '' ? 'the file is empty' : 'a history starts with its sale');
    }
    return {
      sale,
      operations,
      ledger: ledgerComplete ? ledger : undefined,
      scrapes: scrapes.length > 0 ? scrapes : undefined,
      generator,
      truncated: !ended,
    };
  }

  return { line, finish };
}

const KINDS: readonly unknown[] = OPERATION_KINDS;

const isKind = (value: unknown): value is OperationKind => KINDS.includes(value);

/** JSON.parse makes a new string of every occurrence; the few values that recur are kept once. */
function createInterner(): (value: unknown) => string | undefined {
  const known = new Map<string, string>();
  return (value) => {
    if (typeof value !== 'string') return undefined;
    const before = known.get(value);
    if (before !== undefined) return before;
    known.set(value, value);
    return value;
  };
}
