import { encodeForm } from '../html/form-encoding.ts';
import type { FormValue } from '../html/forms.ts';
import type { Selection } from '../html/selection.ts';
import { formatUrl, resolveReference, type UrlParts } from '../html/url-reference.ts';

/** The arguments of the request that following a link or submitting a form sends. */
export interface FollowingRequest {
  method: string;
  url: string;
  body: Record<string, FormValue['value']> | null;
}

export interface LinkChoice {
  selector?: string;
}

export interface FormChoice {
  formSelector?: string;
  submitSelector?: string;
  fields?: Record<string, FormValue['value']>;
}

/** The request of a click on the first link that `selector` finds. Throws if there is none. */
export function followLink(
  page: Selection,
  { selector = 'a[href]' }: LinkChoice,
): FollowingRequest {
  const link = page.find(selector);
  if (link.size() === 0) {
    throw new Error(`no element found for selector '${selector}' in response '${page.url}'`);
  }
  const href = link.attr('href');
  if (href === undefined) {
    throw new Error(
      `no valid href attribute value found on element '${selector}' in response '${page.url}'`,
    );
  }
  return { method: 'GET', url: formatUrl(resolve(page, href)), body: null };
}

/**
 * The request of submitting the first form that `formSelector` finds. It has the fields of the page, the value of the
 * button, and `fields`, which replace those of the same names. Throws if there is no form.
 */
export function followForm(
  page: Selection,
  { formSelector = 'form', submitSelector = '[type="submit"]', fields = {} }: FormChoice,
): FollowingRequest {
  const form = page.find(formSelector);
  if (form.size() === 0) {
    throw new Error(`no form found for selector '${formSelector}' in response '${page.url}'`);
  }
  const method = (form.attr('method') || 'GET').toUpperCase();
  const button = form.find(submitSelector);
  const name = button.attr('name');
  const value = button.val();
  const values = {
    ...form.serializeObject(),
    ...(name === undefined || value === undefined ? {} : { [name]: value }),
    ...fields,
  };
  const url = resolve(page, form.attr('action', ''));
  if (method !== 'GET') return { method, url: formatUrl(url), body: values };
  const query = encodeForm(
    Object.fromEntries(Object.entries(values).map(([key, each]) => [key, String(each)])),
  );
  return { method, url: formatUrl({ ...url, query: query || undefined }), body: null };
}

function resolve({ url }: Selection, reference: string): UrlParts {
  const parts = resolveReference(url, reference);
  if (!parts) throw new Error(`"${reference}" in response '${url}' is not a URL`);
  return parts;
}
