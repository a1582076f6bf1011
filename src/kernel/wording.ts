const NUMBERS = new Intl.NumberFormat('en-US');

/** A number with its noun: `1 unit`, `2,000 units`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${NUMBERS.format(number)} ${number === 1 ? one : many}`;

/** A SKU in a sentence. An id that begins with no letter reads as an amount: "2 has 1 unit". */
export const skuName = (sku: string | undefined): string =>
  sku === undefined || /^\p{L}/u.test(sku) ? String(sku) : `SKU ${sku}`;

/**
 * Shortens a long id to its last characters, because the ids of one run begin alike. Addresses of one run end alike: of
 * `ann@shop.example` remains `ann@…`.
 */
export function shortId(id: string | undefined): string {
  if (id === undefined) return '(unnamed)';
  const at = id.lastIndexOf('@');
  if (at > 0 && id.length > 12) return `${shortId(id.slice(0, at))}@…`;
  return id.length <= 12 ? id : `…${id.slice(-8)}`;
}

/** A first sentence, and under it each line as an item. */
export const bulletList = (first: string, lines: string[]): string =>
  [first, ...lines.map((line) => `  - ${line}`)].join('\n');
