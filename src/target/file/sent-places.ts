import type { SentPlace } from '../operation-rule.ts';
import { type Pieces, resolveText, type Slot } from './compile-text.ts';
import type { OperationTemplate } from './schema.ts';
import { isListOfLines } from './template.ts';

/** A placeholder of a request with its place, and a value that is always the same with its own. */
export interface SentPlaces {
  slots: { slot: Slot; place: SentPlace }[];
  constants: { place: SentPlace; value: string }[];
}

type Env = Record<string, string | undefined>;
type RequestTemplate = Pick<OperationTemplate, 'request' | 'json' | 'form' | 'body'> & {
  headers: Record<string, string>;
};

/**
 * Finds the places of all placeholders in a request but those in its path. Headers have no constants: nothing is known about
 * which of them a proxy or a client adds.
 *
 * @param isOfBasket true if a list of its JSON has the lines of a basket
 */
export function sentPlaces(template: RequestTemplate, env: Env, isOfBasket = false): SentPlaces {
  const found: SentPlaces = { slots: [], constants: [] };
  const add = (pieces: Pieces, place: SentPlace, keepsConstant = true): void => {
    const [only] = pieces;
    if (pieces.length <= 1 && typeof only !== 'object') {
      if (keepsConstant) found.constants.push({ place, value: only ?? '' });
    } else found.slots.push(...slotsIn(pieces, place));
  };

  for (const [name, text] of queryOf(template.request)) {
    add(resolveText(text, env), { in: 'query', name });
  }
  for (const { path, value } of leavesOf(template.json, isOfBasket ? isListOfLines : () => false)) {
    if (typeof value === 'string')
      add(resolveText(value, env), { in: 'json', path }, !path.includes('*'));
    else if (!path.includes('*'))
      found.constants.push({ place: { in: 'json', path }, value: String(value) });
  }
  for (const [name, text] of Object.entries(template.form ?? {})) {
    add(resolveText(text, env), { in: 'form', name });
  }
  if (template.body !== undefined) {
    found.slots.push(...slotsIn(resolveText(template.body, env), { in: 'body' }));
  }
  for (const [name, text] of Object.entries(template.headers)) {
    const header = name.toLowerCase();
    if (header !== 'cookie') add(resolveText(text, env), { in: 'header', name: header }, false);
    else {
      for (const [cookie, value] of pairsOf(text, ';')) {
        add(resolveText(value, env), { in: 'cookie', name: cookie }, false);
      }
    }
  }
  // A place that has nothing but the value is the surest.
  found.slots.sort((a, b) => Number('within' in a.place) - Number('within' in b.place));
  return found;
}

/** The path of a request as a text, or as a regular expression with the placeholders of its groups. */
export function pathPattern(
  request: string,
  prefix: string,
  env: Env,
): { path: string | { pattern: string }; slots: SentPlaces['slots'] } {
  const text = (request.split(' ')[1] as string).split('?')[0] as string;
  const pieces = resolveText(text, env, encodeURIComponent);
  const [only] = pieces;
  if (pieces.length <= 1 && typeof only !== 'object') {
    return { path: `${prefix}${only ?? ''}`, slots: [] };
  }
  const pattern = `^${escaped(prefix)}${patternOf(pieces, '[^/]+')}$`;
  return { path: { pattern }, slots: groupsOf(pieces, { in: 'path' }, pattern) };
}

function slotsIn(pieces: Pieces, place: SentPlace): SentPlaces['slots'] {
  const [only] = pieces;
  if (pieces.length === 1 && typeof only === 'object' && place.in !== 'body') {
    return [{ slot: only, place: encodedIn(only, place) }];
  }
  return groupsOf(pieces, place, `^${patternOf(pieces, '.+?')}$`);
}

function groupsOf(pieces: Pieces, place: SentPlace, pattern: string): SentPlaces['slots'] {
  return pieces
    .filter((piece) => typeof piece === 'object')
    .map((slot, index) => ({
      slot,
      place: encodedIn(slot, { ...place, within: { pattern, group: index + 1 } }),
    }));
}

const encodedIn = (slot: Slot, place: SentPlace): SentPlace =>
  slot.as === 'base64' ? { ...place, base64: true } : place;

const patternOf = (pieces: Pieces, value: string): string =>
  pieces.map((piece) => (typeof piece === 'string' ? escaped(piece) : `(${value})`)).join('');

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const queryOf = (request: string): [name: string, value: string][] =>
  pairsOf((request.split(' ')[1] as string).split('?')[1] ?? '', '&');

function pairsOf(text: string, separator: string): [name: string, value: string][] {
  return text
    .split(separator)
    .filter((pair) => pair.trim() !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair.trim(), ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    });
}

/** Every value in JSON that is neither an object nor an array, with its path; `*` is each line of a basket. */
function leavesOf(
  value: unknown,
  isLines: (value: unknown) => boolean,
  path: string[] = [],
): { path: string[]; value: unknown }[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  const ofLines = isLines(value);
  return Object.entries(value).flatMap(([name, member]) =>
    leavesOf(member, isLines, [...path, ofLines ? '*' : name]),
  );
}
