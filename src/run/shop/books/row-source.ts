import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { UserError } from '../../../kernel/errors.ts';
import type { NamedTargetFile } from '../../../target/file/read-target-file.ts';
import type { RowsSource } from '../../../target/file/schema.ts';
import { type FieldOf, fieldsIn, fillJson, fillText } from '../../../target/file/template.ts';
import { commandLineOf, placeholdersOfCommand } from '../command-line.ts';
import { type RawRow, rowsIn, rowsInText } from '../rows-in-text.ts';
import { runCommand } from '../run-command.ts';
import type { Secrets } from '../secrets.ts';
import { fieldsOfSku, type ShopSku } from '../skus/shop-sku.ts';
import { bindSql, placeholdersOfSql } from '../sql-statement.ts';
import { lookUp } from '../steps/lookup.ts';
import { fillHeaders } from '../steps/request-headers.ts';
import { relay } from './relay.ts';
import type { SqlSession } from './sql-session.ts';

/** The means by which sources are asked. */
export interface AskDeps {
  file: Pick<NamedTargetFile, 'url' | 'headers' | 'evidence' | 'folder'>;
  env: Record<string, string | undefined>;
  secrets: Secrets;
  session: SqlSession;
  signal: AbortSignal;
}

/** Anything in a target file that gives rows. */
export type Source =
  | { sql: string; database?: string }
  | { command: string; timeout: number }
  | Omit<Extract<RowsSource, { request: string }>, 'columns' | 'values'>
  | { run(skuId: string): Promise<RawRow[]> };

/**
 * Asks a source for its rows, about one SKU. `onColumns` gets the names of the columns where the source is a table.
 *
 * Throws one sentence when the source cannot be asked. It may contain secrets.
 */
export function askSource(
  source: Source,
  fieldOf: FieldOf,
  deps: AskDeps,
  onColumns?: (names: string[]) => void,
): AsyncIterable<RawRow> {
  if ('sql' in source) {
    const url = databaseOf(source, fieldOf, deps);
    return deps.session.rows(url, bindSql(source.sql, fieldOf), onColumns);
  }
  if ('command' in source) return rowsOfCommand(source, fieldOf, deps, onColumns);
  if ('request' in source) return rowsOfRequest(source, fieldOf, deps, onColumns);
  return rowsOfHook(source, String(fieldOf('sku')));
}

/** True when a source is asked once for each SKU, because a field of it stands there. */
export function isAskedPerSku(source: Source): boolean {
  if ('run' in source) return true;
  return placeholdersOf(source).some((name) => !name.startsWith('env.'));
}

function placeholdersOf(source: Exclude<Source, { run: unknown }>): string[] {
  if ('sql' in source) return placeholdersOfSql(source.sql);
  return 'command' in source ? placeholdersOfCommand(source.command) : fieldsIn(source);
}

/** The fields that stand for placeholders in what is asked about a SKU, or about none. `place` is where it stands. */
export const fieldsAbout = (sku: ShopSku | undefined, secrets: Secrets, place: string): FieldOf =>
  lookUp(sku === undefined ? {} : fieldsOfSku(sku), secrets, place);

function databaseOf(source: { database?: string }, fieldOf: FieldOf, deps: AskDeps): string {
  const template = source.database ?? deps.file.evidence.database;
  if (template === undefined) {
    throw UserError.usage('there is SQL and no database to ask', {
      why: 'the target file names none',
      next: 'add evidence.database, as: "{env.SHOP_DATABASE_URL}"',
    });
  }
  const url = fillText(template, fieldOf);
  deps.secrets.hidePasswordOf(url);
  if (/^postgres(ql)?:\/\//.test(url)) return url;
  throw UserError.usage('the database of the target file is no PostgreSQL', {
    why: 'its URL does not begin with postgres://',
    next: 'correct evidence.database; other databases are asked by a command that prints rows',
  });
}

async function* rowsOfCommand(
  { command, timeout }: { command: string; timeout: number },
  fieldOf: FieldOf,
  { file, env, secrets, signal }: AskDeps,
  onColumns?: (names: string[]) => void,
): AsyncGenerator<RawRow, void, undefined> {
  secrets.hideVariablesOf(command);
  const line = commandLineOf(command, fieldOf);
  yield* relay<RawRow>((emit) =>
    runCommand(line, { env, timeoutMs: timeout, signal, cwd: file.folder }, async (stdout) => {
      for await (const row of rowsInText(stdout, { onColumns })) await emit(row);
    }),
  );
}

async function* rowsOfRequest(
  source: Extract<Source, { request: string }>,
  fieldOf: FieldOf,
  { file, signal }: AskDeps,
  onColumns?: (names: string[]) => void,
): AsyncGenerator<RawRow, void, undefined> {
  const [method = 'GET', path = '/'] = source.request.split(' ');
  const answer = await fetch(`${file.url[0]}${fillText(path, fieldOf, encodeURIComponent)}`, {
    method,
    headers: headersOf(source, fieldOf, file),
    body: bodyOf(source, fieldOf),
    signal: AbortSignal.any([signal, AbortSignal.timeout(file.evidence.timeout)]),
  });
  if (!answer.ok || answer.body === null) {
    throw new Error(`${source.request} answered ${answer.status}`);
  }
  const body = Readable.fromWeb(answer.body as ReadableStream);
  yield* rowsInText(body, { place: source.rows, onColumns });
}

function headersOf(
  source: Extract<Source, { request: string }>,
  fieldOf: FieldOf,
  file: AskDeps['file'],
): Record<string, string> {
  const type: Record<string, string> =
    source.json !== undefined
      ? { 'content-type': 'application/json' }
      : source.form !== undefined
        ? { 'content-type': 'application/x-www-form-urlencoded' }
        : {};
  return { ...type, ...fillHeaders(source.headers, file.headers, fieldOf) };
}

function bodyOf(
  { json, form, body }: Extract<Source, { request: string }>,
  fieldOf: FieldOf,
): string | undefined {
  if (json !== undefined) return JSON.stringify(fillJson(json, fieldOf));
  if (form !== undefined) {
    const fields = new URLSearchParams();
    for (const [name, text] of Object.entries(form)) fields.append(name, fillText(text, fieldOf));
    return fields.toString();
  }
  return body === undefined ? undefined : fillText(body, fieldOf);
}

async function* rowsOfHook(
  { run }: Extract<Source, { run: unknown }>,
  skuId: string,
): AsyncGenerator<RawRow, void, undefined> {
  yield* rowsIn(await run(skuId));
}
