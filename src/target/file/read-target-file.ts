import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type * as z from 'zod';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { importTypeScript } from '../../kernel/import-typescript.ts';
import { resolveUrl } from './resolve-url.ts';
import { TargetFile } from './schema.ts';

/** A target file with the name that it goes by, and the folder from which its commands and files are found. */
export type NamedTargetFile = TargetFile & {
  name: string;
  folder?: string;
  /** Base URLs as they may be shown, without the secrets in their paths; absent: as they are. */
  shownUrl?: string[];
};

/**
 * Reads a target file: YAML, JSON, or a TypeScript module whose default export is one. `env` gives the variables in its URL;
 * all others are looked up when they are needed.
 *
 * @throws UserError (usage) when it cannot be read, or describes no shop; names the place in it
 */
export async function readTargetFile(
  path: string,
  env: Record<string, string | undefined> = {},
): Promise<NamedTargetFile> {
  let content: unknown;
  try {
    content = path.endsWith('.ts') ? await importTypeScript(path) : await readYaml(path);
  } catch (cause) {
    throw UserError.usage(`the target file ${path} cannot be read`, {
      why: rootMessage(cause),
      next: 'correct it; flashsale-cli init target writes one to begin with',
      cause,
    });
  }
  const parsed = TargetFile.safeParse(content);
  if (parsed.success) {
    const { data } = parsed;
    const urls = data.url.map((url) => resolveUrl(url, env));
    return {
      ...data,
      ...{ url: urls.map(({ url }) => url), shownUrl: urls.map(({ shown }) => shown) },
      ...{ name: data.name ?? nameOf(path), folder: dirname(resolve(path)) },
    };
  }
  throw UserError.usage(`the target file ${path} describes no shop`, {
    why: describeIssue(firstCause(parsed.error.issues)),
    next: 'correct it; docs/your-server.md explains each part',
  });
}

const nameOf = (path: string): string =>
  basename(path)
    .replace(/(\.target)?\.\w+$/, '')
    .replaceAll(/[^\w-]+/g, '-');

/** The parser is loaded only when a file is read. It reads JSON as well. */
async function readYaml(path: string): Promise<unknown> {
  const { parse } = await import('yaml');
  return parse(await readFile(path, 'utf8'));
}

/** One sentence about the first mistake, with its place. A union says nothing by itself, so the nearest of its branches speaks. */
function describeIssue(issue: z.core.$ZodIssue | undefined, outer: PropertyKey[] = []): string {
  if (issue === undefined) return 'it is empty';
  const path = [...outer, ...issue.path];
  if (issue.code === 'invalid_union') {
    const nearest = issue.errors.toSorted((a, b) => nearnessOf(b) - nearnessOf(a))[0];
    if (nearest?.[0] !== undefined) return describeIssue(firstCause(nearest), path);
  }
  return `${path.join('.') || 'the file'}: ${messageOf(issue)}`;
}

/** A key that nobody knows explains why another one beside it is missing, so it comes first. */
function firstCause(issues: z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  const [first] = issues;
  const parent = first?.path.slice(0, -1).join('.');
  return (
    issues.find(({ code, path }) => code === 'unrecognized_keys' && path.join('.') === parent) ??
    first
  );
}

/** A branch is near when its mistake is deep inside, and few keys are wrong. */
const nearnessOf = (issues: z.core.$ZodIssue[]): number =>
  Math.max(0, ...issues.map(({ path }) => path.length)) -
  issues.reduce((all, issue) => all + ('keys' in issue ? issue.keys.length : 1), 0);

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.message.endsWith('received undefined') ? 'it is missing' : issue.message;
}
