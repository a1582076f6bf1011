import { UserError } from '../../kernel/errors.ts';
import { resolveText } from './compile-text.ts';
import { parseTemplate } from './template.ts';

/** A base URL as it is asked, and as it may be shown. */
export interface ResolvedUrl {
  url: string;
  /** The same, with the names of variables that stand in its path, which may be secrets. */
  shown: string;
}

/**
 * Fills the variables of the environment into a base URL.
 *
 * @throws UserError (usage) for one that is not set, and for what is no URL then
 */
export function resolveUrl(template: string, env: Record<string, string | undefined>): ResolvedUrl {
  const parts = parseTemplate(template).map((part) =>
    typeof part === 'string'
      ? { text: part, shown: part }
      : { text: resolveText(`{${part.field}}`, env)[0] as string, shown: `{${part.field}}` },
  );
  const url = parts.map(({ text }) => text).join('');
  assertBaseUrl(url, template);
  const pathAt = /^https?:\/\/[^/?#]*/.exec(url)?.[0].length ?? 0;
  let at = 0;
  const shown = parts.map((part) => {
    const originLeft = Math.max(0, Math.min(pathAt - at, part.text.length));
    at += part.text.length;
    if (originLeft === part.text.length || part.text === part.shown) return part.text;
    const path = part.text.slice(originLeft);
    return part.text.slice(0, originLeft) + (/^\/*$/.test(path) ? path : `/${part.shown}`);
  });
  return {
    url: withoutSlash(url),
    shown: withoutSlash(shown.join('').replaceAll(/(?<!:)\/\/+/g, '/')),
  };
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

function assertBaseUrl(url: string, template: string): void {
  const wrong = (why: string, next: string): UserError =>
    UserError.usage(`the url ${template} of the target file cannot be used`, { why, next });
  if (!URL.canParse(url) || !/^https?:\/\//.test(url)) {
    throw wrong(
      'with its variables it is no URL of http or https',
      'correct the variable, as http://127.0.0.1:3000',
    );
  }
  const { username, password, search, hash } = new URL(url);
  if (username !== '' || password !== '') {
    throw wrong(
      'it has a user and a password in it',
      'write headers: { authorization: "Basic {env.SHOP_LOGIN:base64}" }, where SHOP_LOGIN is user:password',
    );
  }
  if (search !== '' || hash !== '') {
    throw wrong(
      'it has a query, and every request has a path behind the url',
      'write the query in each request',
    );
  }
}
