import { setTimeout as delay } from 'node:timers/promises';
import { rootMessage, UserError } from '../../../kernel/errors.ts';
import type { Fields, Step } from '../../../target/file/schema.ts';
import { type FieldOf, fillJson, fillText, parseTemplate } from '../../../target/file/template.ts';
import type { ShopMeans } from '../shop-means.ts';
import { lookUp } from './lookup.ts';
import { fillHeaders } from './request-headers.ts';

type RequestTemplate = Pick<
  Extract<Step, { request: string }>,
  'request' | 'headers' | 'json' | 'form' | 'body'
>;

const ANSWER_WITHIN_MS = 30_000;
const TRIES_MAX = 5;
const RETRY_AFTER_MS = 1_000;
const RETRY_AFTER_MAX_MS = 30_000;

/** An answer of the shop, read. */
export interface ShopAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/**
 * Sends a request, and once more where that is safe: when the connection was refused or broke before an answer, or when the
 * shop asks to come back later (429, 503 with `Retry-After`).
 */
export async function sendRequest(
  template: RequestTemplate,
  fields: Fields,
  place: string,
  { file, secrets, signal }: ShopMeans,
): Promise<ShopAnswer> {
  const fieldOf = lookUp(fields, secrets, place);
  const shared = knownHeaders(file.headers, fields);
  const { method, path, headers, body } = renderRequest(template, shared, fieldOf);
  for (let tries = 1; ; tries += 1) {
    const instance = (tries - 1) % file.url.length;
    const base = file.url[instance] as string;
    try {
      const answer = await fetch(base + path, {
        ...{ method, headers, body, redirect: 'manual' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      const text = await answer.text();
      if (tries === TRIES_MAX || !asksToComeBack(answer)) {
        return { status: answer.status, headers: answer.headers, text };
      }
      await delay(pauseOf(answer), undefined, { signal });
    } catch (cause) {
      signal.throwIfAborted();
      if (tries < TRIES_MAX && isBroken(cause)) {
        await delay(RETRY_AFTER_MS / 4, undefined, { signal });
        continue;
      }
      throw UserError.environment(
        `${place} of the target file: ${template.request} got no answer`,
        {
          why: `${(file.shownUrl ?? file.url)[instance]}: ${rootMessage(cause)}`,
          next: 'check that the shop runs, and that `url` names it',
        },
      );
    }
  }
}

/**
 * The headers of every request, without those that need a field which nobody knows yet: a step that puts a SKU on sale has
 * no buyer, and one that logs a buyer in has no token.
 */
const knownHeaders = (headers: Record<string, string>, fields: Fields): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(([, text]) =>
      parseTemplate(text).every(
        (part) =>
          typeof part === 'string' ||
          part.field.startsWith('env.') ||
          Object.hasOwn(fields, part.field),
      ),
    ),
  );

const asksToComeBack = ({ status, headers }: Response): boolean =>
  status === 429 || (status === 503 && headers.has('retry-after'));

function pauseOf({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0
    ? Math.min(seconds * 1_000, RETRY_AFTER_MAX_MS)
    : RETRY_AFTER_MS;
}

/** True for a connection that was refused, or was closed by the other side before an answer. */
const isBroken = (error: unknown): boolean =>
  /ECONNREFUSED|ECONNRESET|EPIPE|UND_ERR_SOCKET/.test(
    String(((error as Error).cause as { code?: string } | undefined)?.code),
  );

/** A request with its placeholders filled in. */
export function renderRequest(
  { request, headers, json, form, body }: RequestTemplate,
  ofEveryRequest: Record<string, string>,
  fieldOf: FieldOf,
): { method: string; path: string; headers: Record<string, string>; body?: string } {
  const [method, path] = request.split(' ') as [string, string];
  const fill = (text: string): string => fillText(text, fieldOf);
  const filled = fillHeaders(headers, ofEveryRequest, fieldOf);
  const rendered = { method, path: fillText(path, fieldOf, encodeURIComponent) };
  const withType = (type: string): Record<string, string> => ({ 'content-type': type, ...filled });
  if (json !== undefined) {
    const text = JSON.stringify(fillJson(json, fieldOf));
    return { ...rendered, headers: withType('application/json'), body: text };
  }
  if (form !== undefined) {
    const pairs = Object.entries(form).map(([name, value]): [string, string] => [
      name,
      fill(value),
    ]);
    const text = String(new URLSearchParams(pairs));
    return { ...rendered, headers: withType('application/x-www-form-urlencoded'), body: text };
  }
  return { ...rendered, headers: filled, body: body === undefined ? undefined : fill(body) };
}
