/** Names of the variables that a query may contain, with `$__` before the name. */
export const SALE_VARIABLES = ['sku', 'skus'] as const;
export const VARIABLE = /\$__(\w+)/g;

/** Facts of the run that stand for the variables; a variable without one stays as it is written. */
export interface QueryFacts {
  range?: string;
  /** The SKUs on sale. */
  skus?: string[];
}

/** A query as it is asked, and as it is named in the report. */
export interface FilledQuery {
  text: string;
  name: string;
}

/**
 * Puts the facts into a query. One that names `$__sku` is asked once for each SKU on sale, and then its name tells which;
 * `$__skus` is a regular expression for all of them.
 */
export function fillIn(query: string, { range, skus = [] }: QueryFacts): FilledQuery[] {
  const everySku = skus.length === 0 ? undefined : skus.join('|');
  const filledFor = (sku: string | undefined): string =>
    replaceVariables(query, { range, sku, skus: everySku });
  const isAboutOneSku = [...query.matchAll(VARIABLE)].some(([, name]) => name === 'sku');
  if (!isAboutOneSku || skus.length < 2) return [{ text: filledFor(skus[0]), name: query }];
  return skus.map((sku) => ({ text: filledFor(sku), name: replaceVariables(query, { sku }) }));
}

const replaceVariables = (query: string, values: Record<string, string | undefined>): string =>
  query.replaceAll(VARIABLE, (text, name: string) => values[name] ?? text);
