import { serverMetrics } from './catalogue.ts';

/** The metrics that have a series or more for each SKU of a server, whether it is on sale or not. */
const OF_EVERY_SKU = [serverMetrics.stockUnits.name, serverMetrics.oversoldUnits.name].map(
  (name) => `${name}{sku="`,
);

/** A sale of more SKUs has most of what its server has, and to look for the rest costs more than to read it. */
const SKUS_MAX = 10_000;

/**
 * Tells which lines of a page of metrics concern a sale: all but those of SKUs that it does not sell. A server may have a hundred
 * thousand, and a line costs less to be skipped than to be read.
 */
export function linesOfSale(skus: readonly { skuId: string }[]): (line: string) => boolean {
  const onSale = new Set(skus.map(({ skuId }) => skuId));
  if (onSale.size > SKUS_MAX) return () => true;
  return (line) => {
    const start = OF_EVERY_SKU.find((each) => line.startsWith(each));
    if (start === undefined) return true;
    const sku = line.slice(start.length, line.indexOf('"', start.length));
    return onSale.has(sku) || sku.includes('\\');
  };
}
