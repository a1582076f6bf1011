import { Document, isMap, isScalar, type Pair, type YAMLMap } from 'yaml';
import type { Guessed, TargetGuess } from './guess-target.ts';

/** The comment at the end of a guessed file: the parts that no API description tells. */
const REST = `
 The books of the shop, read when the sale is over. Without them the verdict rests on answers alone.

 evidence:
   database: "{env.SHOP_DATABASE_URL}"
   orders: { sql: "SELECT id, user_id AS buyer, product_id AS sku, quantity, status FROM orders WHERE product_id = {sku}" }
   stock: { sql: "SELECT id AS sku, stock AS available FROM products WHERE id = {sku}" }
 rest: { wait: 2s }
`;

/** Writes a guessed target file as YAML, each guess with its reason in a comment above it. */
export function writeTargetFile(guess: TargetGuess, source: string): string {
  const { url, headers, operations, answers, buyers, sale } = guess;
  const document = new Document({
    url: url.value,
    ...(headers && { headers: headers.value }),
    operations: valuesOf(operations),
    answers: answers.value,
    buyers: buyers.value,
    sale: sale.value,
  });
  const root = document.contents as unknown as YAMLMap;
  document.commentBefore = [
    ` A target file, guessed from ${source}. Every line of it is a guess: check it with`,
    ' flashsale-cli target check FILE, and mend it. docs/your-server.md explains each part.',
  ].join('\n');
  note(root, 'url', url);
  note(root, 'headers', headers);
  note(root, 'answers', answers, { first: ['the first rule that applies counts'] });
  note(root, 'buyers', buyers);
  note(root, 'sale', sale);
  const nodes = root.get('operations') as YAMLMap | undefined;
  for (const [name, guessed] of Object.entries(operations))
    if (nodes) note(nodes, name, guessed, { isTop: false });
  if (Object.keys(operations).length === 0) {
    note(root, 'operations', {
      value: {},
      notes: ['no route looks like a purchase: name one here'],
    });
  }
  flowInnerMaps(root);
  document.comment = REST.replace(/^\n|\n$/g, '');
  return document.toString({ lineWidth: 0 });
}

const valuesOf = (operations: TargetGuess['operations']): Record<string, unknown> =>
  Object.fromEntries(Object.entries(operations).map(([name, { value }]) => [name, value]));

/** Puts the notes of a guess above its key. */
function note(
  map: YAMLMap,
  key: string,
  guessed: Guessed<unknown> | undefined,
  { first = [], isTop = true }: { first?: string[]; isTop?: boolean } = {},
): void {
  const pair = map.items.find(({ key: known }) => isScalar(known) && known.value === key) as
    | Pair<{ commentBefore?: string; spaceBefore?: boolean }>
    | undefined;
  if (pair === undefined || guessed === undefined) return;
  pair.key.spaceBefore = isTop;
  const lines = [...first, ...guessed.notes.map((text) => `guess: ${text}`)];
  if (lines.length > 0) pair.key.commentBefore = lines.map((line) => ` ${line}`).join('\n');
}

/** Writes bodies, answers and rules on one line each, as a person would. */
function flowInnerMaps(node: unknown, depth = 0): void {
  if (!isMap(node)) {
    const items = (node as { items?: unknown[] } | null)?.items ?? [];
    for (const item of items) flowInnerMaps(item, depth + 1);
    return;
  }
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (isMap(value) && INLINE.has(name)) value.flow = true;
    else flowInnerMaps(value, depth + 1);
  }
}

const INLINE = new Set([
  ...['json', 'form', 'headers', 'answer', 'fields'],
  ...['ok', 'accepted', 'sold_out', 'refused', 'limited', 'error'],
]);
