import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { namesMemberTwice } from '../../kernel/json-members.ts';

/** One row as a shop gives it. */
export type RawRow = Record<string, unknown>;

/** A longer JSON text is not read whole; lines are read one by one, however many there are. */
const JSON_LENGTH_MAX = 256 * 1024 * 1024;

/**
 * Reads the rows in a text: a JSON list, an object that has one at `place`, NDJSON, or CSV with a line of names (with tabs,
 * commas or semicolons). Lines are read while they come, so their number does not matter.
 *
 * Throws when the text is none of these. `onColumns` gets the names that CSV begins with.
 */
export async function* rowsInText(
  stream: Readable,
  { place, onColumns }: { place?: string; onColumns?: (names: string[]) => void } = {},
): AsyncGenerator<RawRow, void, undefined> {
  const chunks = textChunks(stream);
  const head = await firstLine(chunks);
  if (head.line === '') return;
  if (head.line.startsWith('[') || place !== undefined || isOpenObject(head.line)) {
    yield* rowsIn(jsonOf(await wholeText(head.read, chunks)), place);
  } else if (head.line.startsWith('{')) {
    yield* jsonRows(joined(head.read, chunks));
  } else {
    yield* csvRows(joined(head.read, chunks), head.line, onColumns);
  }
}

/** The rows of a JSON value: a list, the list at a place in an object, or one object. */
export function rowsIn(value: unknown, place?: string): RawRow[] {
  const found = place === undefined ? value : valueAt(value, place);
  const list = Array.isArray(found) ? found : found === null || found === undefined ? [] : [found];
  if (place !== undefined && found === undefined) throw new Error(`it has nothing at ${place}`);
  return list.map((row: unknown) => {
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as RawRow;
    throw new Error(`a row is an object, and this is none: ${shorten(JSON.stringify(row))}`);
  });
}

/** The value at a path such as `data.orders.0`; undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  let current = value;
  for (const name of path.split('.')) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}

async function* textChunks(stream: Readable): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    yield typeof chunk === 'string' ? chunk : decoder.decode(chunk as Buffer, { stream: true });
  }
  yield decoder.decode();
}

/** The first line that is not blank, trimmed, with everything that was read to find it. */
async function firstLine(
  chunks: AsyncGenerator<string, void, undefined>,
): Promise<{ line: string; read: string }> {
  let read = '';
  for (;;) {
    const { done, value } = await chunks.next();
    read += value ?? '';
    const start = read.search(/\S/);
    const end = start === -1 ? -1 : read.indexOf('\n', start);
    if (end !== -1) return { line: read.slice(start, end).trim(), read };
    if (done === true) return { line: read.trim(), read };
    if (read.length > JSON_LENGTH_MAX) throw new Error('it has no line break within 256 MiB');
  }
}

async function* joined(
  read: string,
  chunks: AsyncGenerator<string, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  yield read;
  yield* chunks;
}

async function wholeText(
  read: string,
  chunks: AsyncGenerator<string, void, undefined>,
): Promise<string> {
  const parts = [read];
  let length = read.length;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > JSON_LENGTH_MAX) {
      throw new Error('it is a JSON text of more than 256 MiB; print one row per line instead');
    }
    parts.push(chunk);
  }
  return parts.join('');
}

/** True for the first line of a JSON object that goes on in the next one. */
function isOpenObject(line: string): boolean {
  if (!line.startsWith('{')) return false;
  try {
    JSON.parse(line);
    return false;
  } catch {
    return true;
  }
}

function jsonOf(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error(`it is no JSON: ${shorten(text.trim())}`);
  }
  if (namesMemberTwice(text, parsed)) {
    throw new Error(
      `one of its names is there twice, so let the query name the columns: ${shorten(text.trim())}`,
    );
  }
  return parsed;
}

async function* jsonRows(chunks: AsyncIterable<string>): AsyncGenerator<RawRow, void, undefined> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield* rowsIn(jsonOf(line));
  }
  if (rest.trim() !== '') yield* rowsIn(jsonOf(rest));
}

/** Words that stand for null where a client prints tables as text: of `mysql` and of `psql`'s COPY. */
const NULLS_WITH_TABS = new Set(['NULL', '\\N']);

async function* csvRows(
  chunks: AsyncGenerator<string, void, undefined>,
  header: string,
  onColumns?: (names: string[]) => void,
): AsyncGenerator<RawRow, void, undefined> {
  const delimiter = ['\t', ';'].find((mark) => header.includes(mark)) ?? ',';
  const parser = parse({
    ...{ delimiter, bom: true, skip_empty_lines: true },
    columns(names: string[]) {
      onColumns?.(names);
      return names;
    },
    // Lines with tabs have no quotes around their values.
    ...(delimiter === '\t' ? { quote: null } : { trim: true }),
    cast: (value, { header: isName }) =>
      !isName && (value === '' || (delimiter === '\t' && NULLS_WITH_TABS.has(value)))
        ? null
        : value,
  });
  // An error of the text reaches the reader of the rows, too.
  pipeline(Readable.from(chunks), parser, () => {});
  yield* parser as AsyncIterable<RawRow>;
}

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
