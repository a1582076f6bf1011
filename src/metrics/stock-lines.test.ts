import { expect, it } from 'vitest';
import { parsePrometheusText } from './prometheus-text.ts';
import { linesOfSale } from './stock-lines.ts';

const PAGE = [
  '# TYPE flashsale_stock_units gauge',
  'flashsale_stock_units{sku="SHOE",state="sold"} 3',
  'flashsale_stock_units{sku="SHOE-2",state="sold"} 4',
  'flashsale_stock_units{sku="a\\"b",state="sold"} 5',
  'flashsale_stock_units{sku="HAT",state="sold"} 6',
  'flashsale_oversold_units{sku="HAT"} 1',
  'flashsale_oversold_units{sku="SHOE"} 0',
  'flashsale_contradicted_refusals_total{sku="HAT"} 2',
  'flashsale_outbox_events 7',
].join('\n');

it('a page is read without the stock of SKUs that are not on sale', () => {
  const isNeeded = linesOfSale([{ skuId: 'SHOE' }, { skuId: 'a"b' }]);
  const samples = parsePrometheusText(PAGE, isNeeded);
  expect(samples.map(({ labels, value }) => [labels.sku, value])).toEqual([
    ['SHOE', 3],
    ['a"b', 5],
    ['SHOE', 0],
    ['HAT', 2],
    [undefined, 7],
  ]);
});

it('a line that is no sample is told of by its number on the whole page', () => {
  const isNeeded = linesOfSale([]);
  expect(() => parsePrometheusText(`${PAGE}\nno sample`, isNeeded)).toThrow('line 10 is not');
});
