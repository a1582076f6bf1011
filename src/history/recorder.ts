import type { Clock } from '../kernel/clock.ts';
import type { MetricsScrape } from '../metrics/scrape.ts';
import type { LedgerRow } from '../protocol/ledger.ts';
import { type ChunkedFile, openChunkedFile } from './chunked-file.ts';
import { mergeParts } from './merge-parts.ts';
import type { Operation, Outcome, SaleFacts } from './operation.ts';

/** What is known of a call right before its request is written. */
export type InvokeFacts = Pick<
  Operation,
  | 'kind'
  | 'sku'
  | 'buyer'
  | 'quantity'
  | 'callId'
  | 'idempotencyKey'
  | 'hold'
  | 'order'
  | 'voucher'
  | 'instance'
>;

/** What an answer, or its absence, added. */
export type CompleteFacts = Pick<
  Operation,
  | 'outcome'
  | 'status'
  | 'code'
  | 'hold'
  | 'order'
  | 'voucher'
  | 'sku'
  | 'sequence'
  | 'observed'
  | 'requestId'
>;

/**
 * Takes the two halves of each operation; neither call ever throws. Both are stamped with the clock as they are made,
 * unless `atNs` says when it was, on the same clock: then calls have to come in the order of their times.
 */
export interface HistoryRecorder {
  /** Call right before the request is written. Answers with the id to complete it by. */
  invoke(facts: InvokeFacts, atNs?: number): number;
  /** Call once, right after the answer was read or given up. An operation never completed counts as `info`. */
  complete(id: number, facts: CompleteFacts, atNs?: number): void;
}

export interface HistoryCounts extends Record<Outcome, number> {
  invoked: number;
}

/** A recorder into a file that holds all the evidence of one run, so that the same verdict can be reached from it later. */
export interface HistoryFile extends HistoryRecorder {
  path: string;
  scrape(scrape: MetricsScrape): void;
  /** One row of the final ledger, the `end` row included: a ledger without it counts as cut off. */
  ledger(row: LedgerRow): void;
  generator(facts: { saturated: boolean; reasons: string[] }): void;
  /** Takes over the operations that were recorded in parts elsewhere, in the order in which they were invoked. */
  adopt(partPaths: string[]): Promise<void>;
  counts(): HistoryCounts;
  /**
   * Writes what is still buffered and the closing line.
   *
   * @throws UserError (environment) when anything of the history could not be written
   */
  close(): Promise<void>;
}

/** For a load that nobody judges. */
export const noHistory: HistoryRecorder & Pick<HistoryFile, 'adopt'> = {
  invoke: () => 0,
  complete() {},
  async adopt() {},
};

export const HISTORY_VERSION = 2;

/**
 * Creates (or empties) the history at `path`, its folders too. The format is NDJSON, one event per line:
 *
 *     {"type":"sale","version":2, …SaleFacts}
 *     {"type":"invoke","id":1,"at":NS,"kind":"reserve","sku":…,"buyer":…,"quantity":1,"callId":…}
 *     {"type":"ok"|"fail"|"info","id":1,"at":NS,"status":201,"hold":…,"sequence":…,"requestId":…}
 *     {"type":"scrape", …MetricsScrape}
 *     {"type":"ledger","entry":LedgerRow}
 *     {"type":"generator","saturated":false,"reasons":[]}
 *     {"type":"end","invoked":N}
 *
 * Times are nanoseconds of `clock.monotonicNs()`. Lines of operations are put together by hand, because they are written
 * twice per request of a load that must not notice it.
 *
 * @throws UserError (environment) when the file cannot be created
 */
export function createHistoryFile(path: string, sale: SaleFacts, clock: Clock): HistoryFile {
  const file = openChunkedFile(path, { name: 'the history', option: '--history FILE' });
  const counts: HistoryCounts = { invoked: 0, ok: 0, fail: 0, info: 0 };

  // `version` comes first so that a reader can refuse the file by its first few bytes.
  file.append(`${JSON.stringify({ type: 'sale', version: HISTORY_VERSION, ...sale })}\n`);

  return {
    path,
    ...recordOperations(file, counts, clock),
    scrape: (scrape) => file.append(`${JSON.stringify({ type: 'scrape', ...scrape })}\n`),
    ledger: (row) => file.append(`${JSON.stringify({ type: 'ledger', entry: row })}\n`),
    generator: (facts) => file.append(`${JSON.stringify({ type: 'generator', ...facts })}\n`),
    async adopt(partPaths) {
      const open = partPaths.map(() => new Map<number, number>());
      for await (const { type, id: idInPart, atNs, rest, part } of mergeParts(partPaths)) {
        const ids = open[part] as Map<number, number>;
        let id: number | undefined;
        if (type === 'invoke') {
          id = ++counts.invoked;
          ids.set(idInPart, id);
        } else {
          id = ids.get(idInPart);
          ids.delete(idInPart);
          counts[type]++;
        }
        file.append(`{"type":"${type}","id":${id},"at":${atNs}${rest}\n`);
      }
    },
    counts: () => ({ ...counts }),
    async close() {
      file.append(`${JSON.stringify({ type: 'end', invoked: counts.invoked })}\n`);
      await file.close();
    },
  };
}

/** A recorder whose operations another history takes over later. */
export interface HistoryPart extends HistoryRecorder {
  /** @throws UserError (environment) when anything could not be written */
  close(): Promise<void>;
}

/** @throws UserError (environment) when the file cannot be created */
export function createHistoryPart(path: string, clock: Clock): HistoryPart {
  const file = openChunkedFile(path, { name: 'a part of the history', option: '--history FILE' });
  const counts: HistoryCounts = { invoked: 0, ok: 0, fail: 0, info: 0 };
  return { ...recordOperations(file, counts, clock), close: file.close };
}

function recordOperations(file: ChunkedFile, counts: HistoryCounts, clock: Clock): HistoryRecorder {
  return {
    invoke(facts, at = clock.monotonicNs()) {
      const id = ++counts.invoked;
      file.append(
        `{"type":"invoke","id":${id},"at":${digits(at)},"kind":"${facts.kind}","quantity":${facts.quantity}` +
          `${text('sku', facts.sku)}${text('buyer', facts.buyer)}${text('callId', facts.callId)}` +
          `${text('idempotencyKey', facts.idempotencyKey)}${text('hold', facts.hold)}` +
          `${text('order', facts.order)}${text('voucher', facts.voucher)}` +
          `${text('instance', facts.instance)}}\n`,
      );
      return id;
    },
    complete(id, facts, at = clock.monotonicNs()) {
      counts[facts.outcome]++;
      const sequence = facts.sequence === undefined ? '' : `,"sequence":${facts.sequence}`;
      const observed =
        facts.observed === undefined ? '' : `,"observed":${JSON.stringify(facts.observed)}`;
      file.append(
        `{"type":"${facts.outcome}","id":${id},"at":${digits(at)},"status":${facts.status}` +
          `${text('code', facts.code)}${text('hold', facts.hold)}${text('order', facts.order)}` +
          `${text('voucher', facts.voucher)}${text('sku', facts.sku)}` +
          `${sequence}${observed}${text('requestId', facts.requestId)}}\n`,
      );
    },
  };
}

/** A time in nanoseconds as text. In two halves, because numbers above 2^31 take several times as long. */
function digits(ns: number): string {
  const seconds = Math.floor(ns / 1e9);
  return seconds === 0 ? `${ns}` : `${seconds}${String(ns - seconds * 1e9).padStart(9, '0')}`;
}

/** Everything but quotes, backslashes and control characters; what needs escaping is left to JSON.stringify. */
const PLAIN = /^[ !#-[\]-~]*$/;

function text(name: string, value: string | undefined): string {
  if (value === undefined) return '';
  return `,"${name}":${PLAIN.test(value) ? `"${value}"` : JSON.stringify(value)}`;
}
