import * as z from 'zod';
import { nearestWord } from '../../../kernel/nearest-word.ts';
import { MovementKind } from '../../../protocol/ledger.ts';
import { OrderStatus } from '../../../protocol/orders.ts';
import { ReservationStatus } from '../../../protocol/reservations.ts';
import { objectOf } from './object-of.ts';
import { requestFields } from './request.ts';
import { CommandStep, SqlStep } from './steps.ts';
import { Duration, type Fields, hook, Place, Template } from './texts.ts';

/** The meanings of columns of each kind of rows. */
export const ROWS_MEANINGS = {
  orders: ['id', 'buyer', 'sku', 'quantity', 'status', 'hold', 'basket', 'amount', 'call', 'at'],
  reservations: ['id', 'buyer', 'sku', 'quantity', 'status', 'basket', 'call', 'at', 'expiresAt'],
  stock: ['sku', 'total', 'available', 'reserved', 'sold'],
  vouchers: ['id', 'code', 'sku', 'buyer', 'order', 'at', 'usedAt'],
  payments: ['id', 'sku', 'buyer', 'order', 'amount', 'status'],
  movements: ['sku', 'sequence', 'kind', 'quantity', 'hold', 'at'],
} as const;
/** The kinds of rows that a target file may name. */
export type RowsName = keyof typeof ROWS_MEANINGS;
type MeaningOf<Name extends RowsName> = (typeof ROWS_MEANINGS)[Name][number];
type Translations = Record<string, string>;

/** The words of the judge, for the columns that have words. A file writes them in upper or lower case. */
export const ROWS_WORDS = {
  orders: { status: OrderStatus.options },
  reservations: { status: ReservationStatus.options },
  payments: { status: ['PENDING', 'CHARGED', 'DECLINED', 'REFUNDED'] },
  movements: { kind: MovementKind.options },
} as const;

const DESCRIPTIONS: Record<RowsName, string> = {
  orders: 'Rows of orders. They show lost orders, and orders that nobody was told of.',
  reservations: 'Rows of holds.',
  stock: 'The row with the units of a SKU. It shows if the numbers add up.',
  vouchers: 'Rows of vouchers, and their uses.',
  payments: 'Rows of payments, which are compared with the amounts of orders.',
  movements: 'Rows of stock movements; their sum must be the stock.',
};

/**
 * Rows of evidence: by SQL on PostgreSQL (read only), by a command that prints JSON, NDJSON or CSV, by an HTTP endpoint, or by
 * a hook. Asked once per SKU if `{sku}` stands in it, else once for all. `columns` names the column that each meaning has;
 * absent: that of the same name. `values` translates the shop's words, such as `{ status: { paid: confirmed } }`.
 */
function rowsOf<Name extends RowsName>(name: Name) {
  const meanings: readonly MeaningOf<Name>[] = ROWS_MEANINGS[name];
  const mapping = {
    columns: z
      .partialRecord(z.enum(meanings), z.string())
      .default({} as Record<MeaningOf<Name>, string>)
      .describe(
        `Your name of the column for each meaning, where it is another one, as { buyer: customer_email }. The meanings: ${meanings.join(', ')}.`,
      ),
    values: valuesOf(name),
  };
  return z
    .union([
      objectOf({ ...SqlStep.shape, ...mapping }),
      objectOf({ ...CommandStep.shape, ...mapping }),
      // An object of this shape is told from the others by its `request`.
      objectOf({
        ...requestFields,
        rows: Place.optional().describe('Place of the list of rows in the answer, as data.items.'),
        ...mapping,
      }),
      objectOf({ run: hook<(skuId: string) => Promise<Fields[]>>(), ...mapping }),
    ])
    .optional()
    .describe(DESCRIPTIONS[name]);
}

/** Translations of the words in each column. */
function valuesOf<Name extends RowsName>(name: Name) {
  const meanings: readonly MeaningOf<Name>[] = ROWS_MEANINGS[name];
  const words: Record<string, readonly string[] | undefined> =
    name in ROWS_WORDS ? ROWS_WORDS[name as keyof typeof ROWS_WORDS] : {};
  const known = Object.entries(words).map(([meaning, list]) => `${meaning}: ${list?.join(', ')}.`);
  return z
    .partialRecord(z.enum(meanings), z.record(z.string(), z.string()))
    .check(({ value, issues }) => {
      for (const [meaning, translations = {}] of Object.entries<Translations | undefined>(value)) {
        const list = words[meaning];
        if (list === undefined) continue;
        for (const [word, meant] of Object.entries(translations)) {
          if (list.includes(meant.toUpperCase())) continue;
          const near = nearestWord(meant, list);
          issues.push({
            code: 'custom',
            input: meant,
            path: [meaning, word],
            message: `the judge has no word ${meant}; ${near === undefined ? `its words are ${list.join(', ')}` : `did you mean ${near}?`}`,
          });
        }
      }
    })
    .default({} as Record<MeaningOf<Name>, Translations>)
    .describe(
      ['Your words, and what they mean, as { status: { paid: CONFIRMED } }.', ...known].join(' '),
    );
}

export const Evidence = objectOf({
  database: Template.optional().describe(
    'The PostgreSQL database of every sql that names none, as "{env.SHOP_DATABASE_URL}".',
  ),
  timeout: Duration.default(30_000).describe('Longest time of one query; left out: 30s.'),
  orders: rowsOf('orders'),
  reservations: rowsOf('reservations'),
  stock: rowsOf('stock'),
  vouchers: rowsOf('vouchers'),
  payments: rowsOf('payments'),
  movements: rowsOf('movements'),
});
export type EvidenceSources = z.infer<typeof Evidence>;
export type RowsSource = NonNullable<EvidenceSources[RowsName]>;
