import type { ApiField, ApiRoute } from './api-route.ts';

/** The words by which fields and routes of a shop's API are recognised. */

/** Meanings that a field of a request or an answer can have. */
const FIELD_NAMES = {
  sku: /^(sku|product|item|variant|article|offer|ticket_?type|flash_?sale|sale|event|campaign)(_?id|_?code|_?slug)?$/i,
  quantity: /^(qty|quantity|units|number_?of_?\w+|num_?\w+|ticket_?count|count)$/i,
  buyer: /^((user|customer|buyer|account|client|member)(_?id|_?name|_?email)?|e_?mail)$/i,
  hold: /^(reservation|hold|cart|lock|booking)(_?id|_?token)?$/i,
  order: /^(order|purchase)(_?id|_?number|_?no)?$/i,
  voucher: /^((voucher|coupon)(_?code|_?id)?|code)$/i,
  price: /^((unit_?|total_?)?price|amount|total)$/i,
  stock: /^((total_?|initial_?)?(stock|inventory|capacity|quantity|units)(_?count|_?level)?)$/i,
  available:
    /^((available|remaining|free|in)_?(stock|units|quantity|count|seats)?|stock|inventory|stock_?(left|level|count)|quantity)$/i,
  status: /^(status|state)$/i,
  token: /^((access|auth|id|session|bearer)_?)?(token|jwt)$/i,
  password: /^(password|passwd|pwd|pass)$/i,
} as const;
export type FieldMeaning = keyof typeof FIELD_NAMES;

/** The name of a field without the objects around it. */
export const leafOf = ({ path }: ApiField): string =>
  path.split('.').findLast((part) => !/^\d+$/.test(part)) ?? path;

export const hasMeaning = (field: ApiField, meaning: FieldMeaning): boolean =>
  FIELD_NAMES[meaning].test(leafOf(field));

/** The field with a meaning that is nearest to the root. */
export function fieldWith(fields: ApiField[], meaning: FieldMeaning): ApiField | undefined {
  const depthOf = ({ path }: ApiField): number => path.split('.').length;
  return fields
    .filter((field) => hasMeaning(field, meaning))
    .toSorted((a, b) => depthOf(a) - depthOf(b))[0];
}

/** The words of a route in lower case and the singular: those of its path, parameters left out, and of its title. */
export function wordsOf({ path, title }: ApiRoute): Set<string> {
  return new Set([...wordsIn(path.replaceAll(/\{[^}]*\}/g, ' ')), ...wordsIn(title)]);
}

export const wordsIn = (text: string): string[] =>
  text
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
    .map((word) => (/[^s]s$/.test(word) ? word.slice(0, -1) : word));

/** The segment before a parameter of a path, as a word: that of `/products/{id}` is `product`. */
export function ownerOf(path: string, parameter: string): string | undefined {
  const segments = path.split('/');
  const owner = segments[segments.indexOf(`{${parameter}}`) - 1];
  return owner === undefined ? undefined : wordsIn(owner).at(-1);
}

/** The meaning of a parameter in a path: by its own name, or, of a plain `{id}`, by the segment before it. */
export function meaningOfParameter(path: string, parameter: string): FieldMeaning | undefined {
  const names = [parameter, ownerOf(path, parameter) ?? ''];
  const meanings: FieldMeaning[] = ['hold', 'order', 'voucher', 'buyer', 'sku'];
  for (const name of /^(id|uuid|slug|key)$/i.test(parameter) ? names.slice(1) : names) {
    const meaning = meanings.find((each) => FIELD_NAMES[each].test(name));
    if (meaning !== undefined) return meaning;
  }
  return undefined;
}
