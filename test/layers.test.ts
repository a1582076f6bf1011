import { describe, expect, it } from 'vitest';
import { findViolations, readSources } from './layers.ts';

describe('imports run one way', () => {
  it('everywhere in the product', () => {
    expect(findViolations(readSources('.'))).toEqual([]);
  });

  it.each([
    ['the judge imports the load engine', 'src/checkers/a.ts', '../load/result.ts'],
    ['the judge imports the judged', 'src/checkers/a.ts', '../../server/stock/ledger.ts'],
    ['the face imports the server', 'cli/commands/a.ts', '../../server/compose.ts'],
    ['the server imports the load engine', 'server/http/a.ts', '../../src/load/result.ts'],
    ['a feature imports another', 'server/selling/orders/a.ts', '../products/product.ts'],
    ['the ledger imports a feature', 'server/stock/a.ts', '../selling/orders/order.ts'],
    ['the kernel imports anything', 'src/kernel/a.ts', '../protocol/orders.ts'],
    ['a file stands in a new folder', 'src/magic/a.ts', './b.ts'],
  ])('and it is noticed when %s', (_, path, specifier) => {
    const text = `import type { Thing } from '${specifier}';\n`;
    expect(findViolations([{ path, text }])).toHaveLength(1);
  });

  it('also when the import is a re-export, dynamic, or over several lines', () => {
    const text = [
      "export { a } from '../load/a.ts';",
      "const b = await import('../load/b.ts');",
      "import {\n  c,\n} from '../load/c.ts';",
      "import '../load/d.ts';",
    ].join('\n');
    expect(findViolations([{ path: 'src/checkers/a.ts', text }])).toHaveLength(4);
  });

  it('and allowed imports are no violations', () => {
    const sources = [
      { path: 'cli/commands/run.ts', text: "import { a } from '../../src/run/sale/sale.ts';" },
      { path: 'server/compose.ts', text: "import { a } from './selling/orders/index.ts';" },
      { path: 'server/selling/orders/a.ts', text: "import { a } from '../../stock/ledger.ts';" },
    ];
    expect(findViolations(sources)).toEqual([]);
  });
});
