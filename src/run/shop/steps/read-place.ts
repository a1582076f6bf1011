import { type AnswerView, createReader } from '../../../../scenarios/lib/answers.ts';
import type { Fields, Place } from '../../../target/file/schema.ts';
import { asField } from './fields.ts';
import type { ShopAnswer } from './send-request.ts';

/** Reads a fact at its place in an answer; undefined when it is not there. */
export function readPlace(answer: ShopAnswer, place: Place): Fields[string] | undefined {
  const value = createReader(place)(viewOf(answer));
  return value === undefined || value === null ? undefined : asField(value);
}

/** An answer as the rules and places of a target file look at it. */
export const viewOf = ({ status, headers, text }: ShopAnswer): AnswerView => ({
  status,
  header: (name) => headers.get(name) ?? undefined,
  cookie: (name) => cookieOf(headers, name),
  text: () => text,
  json: () => jsonIn(text),
});

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value of a cookie that the answer sets. */
function cookieOf(headers: Headers, name: string): string | undefined {
  const start = `${name}=`;
  const line = headers.getSetCookie().find((cookie) => cookie.startsWith(start));
  return line?.slice(start.length).split(';')[0];
}
