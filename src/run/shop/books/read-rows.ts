import type { SkuOnSale } from '../../../history/operation.ts';
import { rootMessage } from '../../../kernel/errors.ts';
import type { LedgerEntry } from '../../../protocol/ledger.ts';
import type { NamedTargetFile } from '../../../target/file/read-target-file.ts';
import type { RowsName, RowsSource } from '../../../target/file/schema.ts';
import type { ShopSku } from '../skus/shop-sku.ts';
import { createColumns, type ValueFor } from './columns.ts';
import { type EntryContext, linesOf, ROWS_KINDS, sharedIds } from './entries.ts';
import { type AskDeps, askSource, fieldsAbout, isAskedPerSku } from './row-source.ts';

/** The rows that a target file promises, by their names. */
export function promisedRows({ evidence }: Pick<NamedTargetFile, 'evidence'>): RowsName[] {
  return (Object.keys(ROWS_KINDS) as RowsName[]).filter((name) => evidence[name] !== undefined);
}

/**
 * Reads the rows of one name, as entries of the ledger: those of the asked SKUs if the source is asked per SKU, else those
 * of all SKUs on sale. Rows of other SKUs are left out.
 *
 * Throws one sentence, with the place in the target file, when they cannot be read or understood.
 */
export async function readRows(
  name: RowsName,
  {
    asked,
    onSale,
    rowsMax = Infinity,
  }: {
    asked: ShopSku[];
    onSale: ShopSku[];
    /** Rows that are read at most of each question. */
    rowsMax?: number;
  },
  deps: AskDeps & {
    file: Pick<NamedTargetFile, 'operations'>;
    context: Omit<EntryContext, 'skuId'>;
  },
  onEntry: (entry: LedgerEntry) => void,
): Promise<void> {
  const source = deps.file.evidence[name] as RowsSource;
  const place = `evidence.${name}`;
  const { meanings, anyOf, entryOf } = ROWS_KINDS[name];
  const columns = createColumns(source, meanings);
  const shared = sharedIds(deps.file);
  const isPerSku = isAskedPerSku(source);
  const skuOf = isPerSku ? undefined : createSkuFinder(onSale);
  try {
    for (const one of isPerSku ? asked : [undefined]) {
      const rows = askSource(source, fieldsAbout(one, deps.secrets, place), deps, columns.learn);
      let read = 0;
      for await (const row of rows) {
        if (read >= rowsMax) break;
        read += 1;
        const valueFor = columns.read(row);
        const sku = one === undefined ? skuOf?.(valueFor) : ofAskedSku(valueFor, one, onSale);
        if (sku === undefined) continue;
        const entry = entryOf(valueFor, { ...deps.context, skuId: sku.skuId });
        for (const each of linesOf(entry, valueFor, shared)) onEntry(each);
      }
    }
    columns.assertFound(anyOf);
    if (!isPerSku) columns.assertFound([['sku']]);
  } catch (error) {
    deps.signal.throwIfAborted();
    throw new Error(deps.secrets.scrub(`${place}: ${messageOf(error)}`));
  }
}

/** A row that was asked for one SKU is its own, unless it names another one that is on sale: that one is asked for as well. */
function ofAskedSku(valueFor: ValueFor, asked: ShopSku, onSale: ShopSku[]): ShopSku | undefined {
  const told = valueFor('sku');
  if (told === null || String(told) === asked.skuId) return asked;
  return onSale.some(({ skuId }) => skuId === String(told)) ? undefined : asked;
}

/** Finds the SKU of a row by its id, or by another field that only one SKU has: one thing may go by several ids. */
function createSkuFinder(skus: ShopSku[]): (valueFor: ValueFor) => SkuOnSale | undefined {
  const byField = new Map<string, ShopSku | 'several'>();
  for (const sku of skus) {
    for (const text of otherNamesOf(sku)) byField.set(text, byField.has(text) ? 'several' : sku);
  }
  const byId = new Map(skus.map((sku) => [sku.skuId, sku]));
  return (valueFor) => {
    const told = String(valueFor('sku'));
    const found = byId.get(told) ?? byField.get(told);
    return found === 'several' ? undefined : found;
  };
}

/** The other ids that a SKU may go by: every field that says nothing about its units or its price. */
function otherNamesOf(sku: ShopSku): Set<string> {
  const { skuId, total: _units, unitPrice: _price, ...others } = sku;
  const texts = Object.entries(others)
    .filter(([name]) => !NO_NAMES.has(name))
    .map(([, value]) => String(value));
  return new Set(texts.filter((text) => text !== skuId));
}

/** Fields of a SKU that the target file gives for other reasons. */
const NO_NAMES = new Set(['id', 'stock', 'price']);

/** The message of an error, with its reason if it has one. */
export function messageOf(error: unknown): string {
  const { why } = error as { why?: string };
  return why === undefined ? rootMessage(error) : `${(error as Error).message}: ${why}`;
}
