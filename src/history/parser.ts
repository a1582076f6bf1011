import { isUtf8 } from 'node:buffer';
import type * as z from 'zod';
import { UserError } from '../kernel/errors.ts';
import { namesMemberTwice } from '../kernel/json-members.ts';
import type { MetricsScrape } from '../metrics/scrape.ts';
import type { CountedFact } from './counted.ts';
import type { Fault } from './fault.ts';
import {
  BooksLine,
  CountedLine,
  EndLine,
  FaultLine,
  GeneratorLine,
  HISTORY_VERSION,
  InvariantLine,
  LedgerLine,
  OLDER_VERSIONS,
  PhaseLine,
  SaleLine,
  ScrapeLine,
} from './format.ts';
import type { InvariantResult } from './invariant.ts';
import { createLedgerReader } from './ledger-reader.ts';
import type { FinalLedger } from './ledger-snapshot.ts';
import type { BooksReading } from './manifest.ts';
import type { Operation, SaleFacts } from './operation.ts';
import { createOperationLine, createOperationLineReader, type Line } from './operation-line.ts';
import { createOperationList } from './operation-list.ts';
import { createOperationScanner } from './operation-scanner.ts';
import { PackedTexts } from './packed-texts.ts';
import type { RecordedPhase } from './recorded-phase.ts';
import { TextTable } from './text-table.ts';

/** The content of a history file, in the shape that the judge reads. It may hold less than the sale's manifest promises. */
export interface RecordedHistory {
  sale: SaleFacts;
  /** In the order of invocation; a call without a completion is `info`. */
  operations: Operation[];
  /** The rows of the final ledger, as far as they could be read; absent if there was no reading. */
  ledger?: FinalLedger;
  /** The readings that gave the ledger, in their order. */
  books: BooksReading[];
  scrapes?: MetricsScrape[];
  /** The number of scrapes that were recorded; absent if the closing line is missing. */
  scrapesRecorded?: number;
  generator?: { saturated: boolean; reasons: string[] };
  invariants?: InvariantResult[];
  counted?: CountedFact[];
  faults?: Fault[];
  phases?: RecordedPhase[];
  /** True when the closing line is missing: the recording process was killed. A half-written last line is left out. */
  truncated: boolean;
}

/** Takes the lines of a history one by one. Throws UserError (usage) for a line that does not belong in one. */
export interface HistoryParser {
  /** Takes the bytes from `start` to `end`, the line break left out. They are not kept. */
  line(bytes: Buffer, start: number, end: number): void;
  /** Refuses the line that comes next. */
  refuseNext(why: string): never;
  /** Ends the parsing. `hasRest`: something stands behind the last line break, a line that was never finished. */
  finish(hasRest: boolean): RecordedHistory;
}

/** @param path the file's path, for error texts */
export function createHistoryParser(path: string): HistoryParser {
  let lineNumber = 0;
  let sale: SaleFacts | undefined;
  let generator: RecordedHistory['generator'];
  let ended = false;
  const texts = new TextTable();
  const ids = new PackedTexts();
  const scanOperation = createOperationScanner(texts, ids);
  const facts = createOperationLine();
  const readLine = createOperationLineReader(texts, ids, refuse);
  const { operations, invoke, complete } = createOperationList(texts, ids, refuse);
  const scrapes: MetricsScrape[] = [];
  const faults: Fault[] = [];
  const phases: RecordedPhase[] = [];
  const ledger = createLedgerReader(texts);
  const books: BooksReading[] = [];
  const invariants: InvariantResult[] = [];
  const counted: CountedFact[] = [];
  let scrapesRecorded: number | undefined;

  function refuse(why: string, cause?: unknown): never {
    throw UserError.usage(`${path} is not a history this version can read`, {
      why: `line ${lineNumber}: ${why}`,
      next: 'give a file that `run --history FILE` of this version wrote',
      cause,
    });
  }

  /** The line in the shape of a schema. */
  function parseAs<T>(schema: z.ZodType<T>, line: Line): T {
    const parsed = schema.safeParse(line);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    return refuse(`${issue?.path.join('.') || 'the line'}: ${issue?.message}`, parsed.error);
  }

  function line(bytes: Buffer, start: number, end: number): void {
    lineNumber++;
    if (sale !== undefined && !ended && readFast(bytes, start, end)) return;
    const parsed = parseJson(textOf(bytes.subarray(start, end)));
    if (sale === undefined) {
      readSale(parsed);
      return;
    }
    if (ended) refuse('nothing may follow the closing line');
    switch (parsed.type) {
      case 'invoke':
        readLine.call(parsed, facts);
        invoke(facts);
        break;
      case 'ok':
      case 'fail':
      case 'info':
        readLine.answer(parsed, facts);
        complete(facts);
        break;
      case 'scrape':
        readScrape(parsed);
        break;
      case 'ledger':
        ledger.add(parseAs(LedgerLine, parsed).entry);
        break;
      case 'books':
        books.push(withoutType(parseAs(BooksLine, parsed)));
        break;
      case 'counted':
        counted.push(withoutType(parseAs(CountedLine, parsed)));
        break;
      case 'invariant':
        invariants.push(withoutType(parseAs(InvariantLine, parsed)));
        break;
      case 'fault':
        faults.push(withoutType(parseAs(FaultLine, parsed)));
        break;
      case 'phase':
        phases.push(withoutType(parseAs(PhaseLine, parsed)));
        break;
      case 'generator':
        if (generator !== undefined) refuse('a second report of the load generator');
        generator = withoutType(parseAs(GeneratorLine, parsed));
        break;
      case 'end':
        readEnd(parsed);
        break;
      default:
        refuse(`unknown type ${JSON.stringify(parsed.type)}`);
    }
  }

  /** Reads a line in the spelling of this project's own writer. Returns false for any other, which has changed nothing then. */
  function readFast(bytes: Buffer, start: number, end: number): boolean {
    const sort = scanOperation(bytes, start, end, facts);
    if (sort === 'call') invoke(facts);
    else if (sort === 'answer') complete(facts);
    else return ledger.read(bytes, start, end);
    return true;
  }

  function textOf(bytes: Buffer): string {
    if (!isUtf8(bytes)) refuse('not UTF-8');
    return bytes.toString('utf8');
  }

  function parseJson(text: string): Line {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch (error) {
      refuse('not JSON', error);
    }
    if (typeof parsed !== 'object' || parsed === null) refuse('not a JSON object');
    if (namesMemberTwice(text, parsed)) refuse('one of its members is there twice');
    return parsed as Line;
  }

  function readSale(parsed: Line): void {
    if (parsed.type !== 'sale') refuse('a history starts with its sale');
    const { version } = parsed;
    if (version !== HISTORY_VERSION && !OLDER_VERSIONS.includes(version)) {
      refuse(`version ${JSON.stringify(version)}, expected ${HISTORY_VERSION}`);
    }
    const { version: _version, ...facts } = withoutType(
      parseAs(SaleLine, { ...parsed, version: HISTORY_VERSION }),
    );
    const skus = new Set(facts.skus.map(({ skuId }) => skuId));
    if (skus.size < facts.skus.length) refuse('skus: one is there twice');
    sale = facts;
  }

  function readScrape(parsed: Line): void {
    const scrape = withoutType(parseAs(ScrapeLine, parsed));
    // JSON has no NaN or infinity; such a sample was written as null and is left out.
    const samples = scrape.samples.flatMap(({ name, labels, value }) =>
      value === null ? [] : [{ name, labels, value }],
    );
    scrapes.push({ ...scrape, samples });
  }

  function readEnd(parsed: Line): void {
    const { invoked, scrapes } = parseAs(EndLine, parsed);
    scrapesRecorded = scrapes;
    if (invoked !== operations.length) {
      refuse(`${invoked} calls were recorded, ${operations.length} are in the file`);
    }
    ended = true;
  }

  function refuseNext(why: string): never {
    lineNumber++;
    return refuse(why);
  }

  function finish(hasRest: boolean): RecordedHistory {
    if (sale === undefined) {
      refuseNext(hasRest ? 'a history starts with its sale' : 'the file is empty');
    }
    return {
      sale,
      operations,
      ledger: books.length > 0 ? ledger.ledger : undefined,
      books,
      scrapes: scrapes.length > 0 ? scrapes : undefined,
      scrapesRecorded,
      generator,
      invariants: invariants.length > 0 ? invariants : undefined,
      counted: counted.length > 0 ? counted : undefined,
      faults: faults.length > 0 ? faults : undefined,
      phases: phases.length > 0 ? phases : undefined,
      truncated: !ended,
    };
  }

  return { line, refuseNext, finish };
}

/** The content of a line without the name of its type. */
function withoutType<T extends { type: string }>({ type: _type, ...content }: T): Omit<T, 'type'> {
  return content;
}
