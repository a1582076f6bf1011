import { deepFreeze, sharedStateOf } from '../../runtime/shared-state.ts';
import type { K6Module } from '../module.ts';
import { csvRecords } from './csv-records.ts';
import { ScriptFile } from './fs.ts';

interface CsvOptions {
  delimiter?: string;
  skipFirstLine?: boolean;
  /** The first line to read, counted from 0. */
  fromLine?: number;
  /** The last line to read, counted from 0; 0 means the last of the file. */
  toLine?: number;
  asObjects?: boolean;
}

type Row = string[] | Record<string, string>;

/** `k6/experimental/csv`. `parse` reads a file once per run, and all VUs share the frozen rows, as with a SharedArray. */
export const csvModule: K6Module = (vu) => ({
  async parse(file: unknown, options: CsvOptions = {}): Promise<readonly Row[]> {
    const { arrays } = sharedStateOf(vu.run);
    const rows = rowsOf(file, options);
    const key = JSON.stringify(['csv.parse', (file as ScriptFile).path, options]);
    const parsed = arrays.get(key) ?? deepFreeze([...rows]);
    arrays.set(key, parsed);
    return parsed as Row[];
  },
  Parser: class {
    readonly #rows: Iterator<Row>;

    constructor(file: unknown, options: CsvOptions = {}) {
      this.#rows = rowsOf(file, options);
    }

    async next(): Promise<{ done: boolean; value: Row }> {
      const { done = false, value } = this.#rows.next();
      return { done, value: value ?? [] };
    }
  },
});

/** The texts of files, so that each is decoded once for all VUs. */
const texts = new WeakMap<Buffer, string>();

function rowsOf(file: unknown, options: CsvOptions): Generator<Row, undefined> {
  if (!(file instanceof ScriptFile)) {
    throw new TypeError('CSV is read from a file that open() of k6/experimental/fs returned');
  }
  const content = ScriptFile.contentOf(file);
  const text = texts.get(content) ?? content.toString('utf8');
  texts.set(content, text);
  const { delimiter = ',', fromLine = 0, toLine = 0, skipFirstLine, asObjects } = options;
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) {
    throw new TypeError(
      `delimiter: ${JSON.stringify(delimiter)} is not a character that can separate fields`,
    );
  }
  if (fromLine < 0 || toLine < 0 || (toLine > 0 && fromLine >= toLine)) {
    throw new RangeError(`there are no lines from ${fromLine} to ${toLine}`);
  }
  if (asObjects && (skipFirstLine || fromLine > 0)) {
    throw new TypeError(
      'asObjects needs the first line, which skipFirstLine and fromLine leave out',
    );
  }
  return readRows(csvRecords(text, delimiter), {
    first: Math.max(fromLine, skipFirstLine ? 1 : 0),
    last: toLine === 0 ? Number.POSITIVE_INFINITY : toLine,
    asObjects: asObjects ?? false,
  });
}

function* readRows(
  records: Iterable<string[]>,
  { first, last, asObjects }: { first: number; last: number; asObjects: boolean },
): Generator<Row, undefined> {
  let line = 0;
  let names: string[] | undefined;
  for (const record of records) {
    if (line > last) return;
    if (asObjects && !names) names = record;
    else if (line >= first) yield names ? asObject(names, record) : record;
    line += 1;
  }
  if (line < first || (asObjects && !names))
    throw new RangeError(`the file has only ${line} lines`);
}

const asObject = (names: string[], record: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name, index) => [name, record[index] as string]));
