import type { Element } from './element.ts';
import type { Selection } from './selection.ts';
import { formatUrl, resolveReference } from './url-reference.ts';

/** Reads the answer of one of an element's methods. */
export type Reader = (element: Element) => unknown;

/** The methods that only elements of one kind have, by their names. */
export type Readers = Record<string, Reader>;

/** Methods that read the attributes of the same names in lower case. */
export function attributes(read: (attribute: string) => Reader, ...names: string[]): Readers {
  return Object.fromEntries(names.map((name) => [name, read(name.toLowerCase())]));
}

export const text =
  (attribute: string) =>
  (element: Element): string =>
    element.selection().attr(attribute, '');

export const flag =
  (attribute: string) =>
  (element: Element): boolean =>
    element.hasAttribute(attribute);

/** A whole number; `otherwise` if the attribute is none. */
export const number =
  (otherwise: number) =>
  (attribute: string) =>
  (element: Element): number => {
    const value = element.getAttribute(attribute) ?? '';
    return /^[+-]?\d+$/.test(value) ? Number(value) : otherwise;
  };

/** One of the known values; the first of them if the attribute is none. */
export const choice =
  (otherwise: string, ...others: string[]) =>
  (attribute: string) =>
  (element: Element): string => {
    const value = element.selection().attr(attribute, '');
    return others.includes(value) ? value : otherwise;
  };

/** One of the known values; undefined if the attribute is none. */
export const optionalChoice =
  (...known: string[]) =>
  (attribute: string) =>
  (element: Element): string | undefined => {
    const value = element.getAttribute(attribute);
    return value !== undefined && known.includes(value) ? value : undefined;
  };

/** An absolute URL, if the URL of the page is known. */
export const url =
  (attribute: string) =>
  (element: Element): string => {
    const reference = element.getAttribute(attribute);
    return reference === undefined ? '' : (absolute(element, reference) ?? '');
  };

/** Resolves a reference against the URL of the page; without one the reference stays. Undefined if it is no reference. */
export function absolute(element: Element, reference: string): string | undefined {
  const page = element.selection().url;
  if (page === '') return reference;
  const parts = resolveReference(page, reference);
  return parts && formatUrl(parts);
}

/** The elements inside this one that match a selector. */
export const all =
  (selector: string) =>
  (element: Element): Element[] =>
    element.querySelectorAll(selector);

export const content = (element: Element): string => element.textContent();

/** Searches the whole document, for elements that are named by an id. */
export function findInPage(element: Element, selector: string): Selection {
  return element.selection().parents().last().find(selector);
}

/** The index of the element among those that match `selector` in the closest of `containers` around it. */
export const indexAmong =
  (containers: string, selector: string, otherwise: number) =>
  (element: Element): number => {
    const container = element.selection().parents(containers);
    return container.size() === 0 ? otherwise : container.find(selector).index(element);
  };
