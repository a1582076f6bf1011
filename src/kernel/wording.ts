/** A number with its noun: `1 unit`, `2,000 units`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;

/** Shortens a long id to its last characters, because the ids of one run begin alike. */
export function shortId(id: string | undefined): string {
  if (id === undefined) return '(unnamed)';
  return id.length <= 12 ? id : `…${id.slice(-8)}`;
}

/** A first sentence, and under it each line as an item. */
export const bulletList = (first: string, lines: string[]): string =>
  [first, ...lines.map((line) => `  - ${line}`)].join('\n');
