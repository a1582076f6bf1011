import type { Request, RequestHandler } from 'express';
import type * as z from 'zod';
import { ProblemError } from '../response/problem.ts';

/**
 * Reads a JSON body of at most `limitBytes` into `req.body`, and its text into `req.bodyText`. General body parsers also
 * handle charsets, compression and other types. This API needs none of that, and it costs a third of a fast request.
 */
export function readJson(limitBytes: number): RequestHandler {
  return (req, _res, next) => {
    const refusal = refuseByHeaders(req, limitBytes);
    if (refusal !== undefined) {
      next(refusal);
      return;
    }

    const parts: Buffer[] = [];
    let bytes = 0;
    let done = false;
    const finish = (error?: ProblemError) => {
      if (done) return;
      done = true;
      next(error);
    };

    req.takeBody((part) => {
      if (done) return;
      if (part === null) {
        finish(readText(req, (parts.length === 1 ? parts[0]! : Buffer.concat(parts)).toString()));
        return;
      }
      bytes += part.length;
      parts.push(part);
      if (bytes <= limitBytes) return;
      req.dropBody();
      finish(tooLarge(limitBytes));
    });
    req.on('error', () =>
      finish(new ProblemError('MALFORMED_REQUEST', 'The connection ended before the body did.')),
    );
  };
}

/** Sets what the text of a body says; returns what is wrong with it. */
function readText(req: Request, text: string): ProblemError | undefined {
  try {
    req.body = JSON.parse(text);
  } catch (error) {
    return new ProblemError('MALFORMED_BODY', (error as SyntaxError).message);
  }
  if (isDeeper(req.body, LEVELS_MAX)) {
    return new ProblemError('MALFORMED_BODY', `A body here nests at most ${LEVELS_MAX} levels.`);
  }
  req.bodyText = text;
  return undefined;
}

/**
 * No body of this API needs more than four levels. Functions that call themselves for each level, as `JSON.stringify`
 * does, end with an overflow of the stack at some thousands.
 */
const LEVELS_MAX = 32;

/** True if objects and arrays lie more than `levels` deep in each other; looks no deeper than that. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  const parts = Array.isArray(value) ? value : Object.values(value);
  return parts.some((part) => isDeeper(part, levels - 1));
}

function refuseByHeaders(req: Request, limitBytes: number): ProblemError | undefined {
  const { headers } = req;
  const length = headers['content-length'];
  if ((length === undefined || length === '0') && headers['transfer-encoding'] === undefined) {
    return new ProblemError('MALFORMED_BODY', 'A JSON body is needed, and there is none.');
  }
  if (!isPlainJson(headers['content-type'], headers['content-encoding'])) {
    return new ProblemError(
      'UNSUPPORTED_MEDIA_TYPE',
      'Send the body as application/json in UTF-8, not compressed.',
    );
  }
  if (Number(length) > limitBytes) return tooLarge(limitBytes);
  return undefined;
}

const JSON_IN_UTF8 = /^application\/json\s*(;\s*charset="?utf-?8"?\s*)?$/i;

function isPlainJson(type: string | undefined, encoding: string | undefined): boolean {
  if (encoding !== undefined && encoding !== 'identity') return false;
  return type === 'application/json' || (type !== undefined && JSON_IN_UTF8.test(type));
}

const tooLarge = (limitBytes: number) =>
  new ProblemError('BODY_TOO_LARGE', `A body here has at most ${limitBytes} bytes.`);

/**
 * Checks a value with a schema and returns the parsed value.
 *
 * @throws ProblemError VALIDATION_FAILED with one entry per wrong field
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    path: path.join('.'),
    message,
  }));
  throw new ProblemError('VALIDATION_FAILED', 'The request was not understood.', { errors });
}

/**
 * Refuses a list in which two entries have the same id: it would not be clear which of them is meant.
 *
 * @throws ProblemError VALIDATION_FAILED with one entry per repetition
 */
export function refuseRepeated<Field extends string>(
  list: string,
  field: Field,
  entries: readonly Record<Field, string>[],
): void {
  const seen = new Set<string>();
  const errors = entries.flatMap(({ [field]: id }, index) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ path: `${list}.${index}.${field}`, message: `${id} is listed twice` }];
  });
  if (errors.length > 0) {
    throw new ProblemError('VALIDATION_FAILED', 'Each id may be listed once.', { errors });
  }
}
