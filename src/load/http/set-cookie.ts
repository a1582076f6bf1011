/** ASCII control characters without the tab; RFC 6265 (5.2) ignores a cookie that contains one. */
const CONTROL_CHARACTERS = /[^\P{Cc}\t\x80-\x9f]/u;

/**
 * Splits a `Set-Cookie` header. Attribute names are in lower case; of equal ones the last counts. Undefined for a header
 * that sets no cookie.
 */
export function parseSetCookie(
  header: string,
): { name: string; value: string; attributes: Map<string, string> } | undefined {
  if (CONTROL_CHARACTERS.test(header)) return undefined;
  const [pair, ...rest] = header.split(';') as [string, ...string[]];
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(0, equals)).trim();
  if (name === '') return undefined;
  const attributes = new Map<string, string>();
  for (const part of rest) {
    const at = part.indexOf('=');
    const attribute = (at < 0 ? part : part.slice(0, at)).trim().toLowerCase();
    attributes.set(attribute, at < 0 ? '' : part.slice(at + 1).trim());
  }
  return { name, value: pair.slice(equals + 1).trim(), attributes };
}

/** The value of a cookie as scripts see it, without quotes around it. The server gets them back. */
export function cookieText(value: string): string {
  return /^".*"$/.test(value) ? value.slice(1, -1) : value;
}

/** The wall time at which a cookie expires. `Max-Age` wins over `Expires`; an unreadable one counts as missing. */
export function expiryOf(attributes: Map<string, string>, nowMs: number): number {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) {
    return Number(maxAge) <= 0 ? Number.NEGATIVE_INFINITY : nowMs + Number(maxAge) * 1_000;
  }
  return parseCookieDate(attributes.get('expires') ?? '') ?? Number.POSITIVE_INFINITY;
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/**
 * Reads a date as RFC 6265 (5.1.1) does: day, month, year and time in any order, with any text between them, always in
 * UTC. Undefined for a text that is not a date.
 */
export function parseCookieDate(text: string): number | undefined {
  let time: RegExpExecArray | null = null;
  let day: number | undefined;
  let month: number | undefined;
  let year: number | undefined;
  for (const token of text.split(/[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/)) {
    const clock: RegExpExecArray | null = time
      ? null
      : /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/.exec(token);
    const number = /^(\d{1,4})(?:\D|$)/.exec(token)?.[1];
    const monthNumber = MONTHS.indexOf(token.slice(0, 3).toLowerCase());
    if (clock) time = clock;
    else if (day === undefined && number && number.length <= 2) day = Number(number);
    else if (month === undefined && monthNumber >= 0) month = monthNumber;
    else if (year === undefined && number && number.length >= 2) year = Number(number);
  }
  if (!time || day === undefined || month === undefined || year === undefined) return undefined;
  if (year < 100) year += year < 70 ? 2_000 : 1_900;
  const [hours, minutes, seconds] = time.slice(1).map(Number) as [number, number, number];
  if (year < 1_601 || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const date = new Date(Date.UTC(year, month, day, hours, minutes, seconds));
  return date.getUTCDate() === day ? date.getTime() : undefined;
}
