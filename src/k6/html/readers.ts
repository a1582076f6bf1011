import type { Element } from './element.ts';
import type { Selection } from './selection.ts';
import { formatUrl, resolveReference } from './url-reference.ts';

/** What a method of an element answers. */
export type Reader = (element: Element) => unknown;

/** The methods elements of a kind have beside those that all have. */
export type Readers = Record<string, Reader>;

export const text =
  (attribute: string) =>
  (element: Element): string =>
    element.selection().attr(attribute, '');

export const flag =
  (attribute: string) =>
  (element: Element): boolean =>
    element.hasAttribute(attribute);

export const number =
  (otherwise: number) =>
  (attribute: string) =>
  (element: Element): number => {
    const value = element.getAttribute(attribute) ?? '';
    return /^[+-]?\d+$/.test(value) ? Number(value) : otherwise;
  };

/** One of the values that are known, else the first of them. */
export const choice =
  (otherwise: string, ...others: string[]) =>
  (attribute: string) =>
  (element: Element): string => {
    const value = element.selection().attr(attribute, '');
    return others.includes(value) ? value : otherwise;
  };

export const optionalChoice =
  (...known: string[]) =>
  (attribute: string) =>
  (element: Element): string | undefined => {
    const value = element.getAttribute(attribute);
    return value !== undefined && known.includes(value) ? value : undefined;
  };

/** Made absolute, if the page's own URL is known. */
export const url =
  (attribute: string) =>
  (element: Element): string => {
    const reference = element.getAttribute(attribute);
    return reference === undefined ? '' : (absolute(element, reference) ?? '');
  };

export function absolute(element: Element, reference: string): string | undefined {
  const page = element.selection().url;
  if (page === '') return reference;
  const parts = resolveReference(page, reference);
  return parts && formatUrl(parts);
}

/** Methods that read the attributes of their own names, in small letters. */
export function reading(read: (attribute: string) => Reader, ...names: string[]): Readers {
  return Object.fromEntries(names.map((name) => [name, read(name.toLowerCase())]));
}

export const all =
  (selector: string) =>
  (element: Element): Element[] =>
    element.querySelectorAll(selector);

export const content = (element: Element): string => element.textContent();

/** The whole document, for what is told by its id. */
export function findInPage(element: Element, selector: string): Selection {
  return element.selection().parents().last().find(selector);
}

/** Where the element stands among those of `selector` in the closest of `containers` around it. */
export const indexAmong =
  (containers: string, selector: string, otherwise: number) =>
  (element: Element): number => {
    const container = element.selection().parents(containers);
    return container.size() === 0 ? otherwise : container.find(selector).index(element);
  };
