import type { Evidence } from '../../src/checkers/evidence.ts';
import { judge } from '../../src/checkers/verdict.ts';
import { emptyLedger } from '../../src/history/ledger-snapshot.ts';
import { answersOnly } from '../../src/history/manifest.ts';
import type { SaleFacts } from '../../src/history/operation.ts';
import type {
  LedgerInventory,
  LedgerOrder,
  LedgerReservation,
  LedgerRowKind,
  LedgerVoucher,
} from '../../src/protocol/ledger.ts';
import { type Call, evidenceOf, SKU, saleOf } from './story.ts';

/** A row of a shop that has no column but those that a story names. */
export const order = (row: Partial<LedgerOrder>): LedgerOrder => ({
  ...{ row: 'order', skuId: SKU, status: 'CONFIRMED' },
  ...{ orderId: null, reservationId: null, userId: null, quantity: null },
  ...{ totalPrice: null, callId: null, createdAt: null },
  ...row,
});

export const reservation = (row: Partial<LedgerReservation>): LedgerReservation => ({
  ...{ row: 'reservation', skuId: SKU, status: 'RESERVED', lapsed: false },
  ...{ reservationId: null, userId: null, quantity: null },
  ...{ callId: null, createdAt: null, expiresAt: null },
  ...row,
});

export const stock = (row: Partial<LedgerInventory>): LedgerInventory => ({
  ...{ row: 'inventory', skuId: SKU },
  ...{ total: null, available: null, reserved: null, sold: null, sequence: null },
  ...row,
});

/** The evidence of a described shop with these rows; a kind that is not named was never promised. */
export function shopOf(
  facts: Parameters<typeof saleOf>[0],
  calls: Call[],
  rows: {
    orders?: LedgerOrder[];
    reservations?: LedgerReservation[];
    vouchers?: LedgerVoucher[];
    stock?: Partial<LedgerInventory>;
  } = {},
  rest: Partial<Evidence> = {},
): Evidence {
  const ledger: LedgerRowKind[] = [
    ...(rows.stock ? ['inventory' as const] : []),
    ...(rows.reservations ? ['reservation' as const] : []),
    ...(rows.orders ? ['order' as const] : []),
    ...(rows.vouchers ? ['voucher' as const] : []),
  ];
  const sale: SaleFacts = {
    ...saleOf({ shop: 'corner-shop', holdTtlMs: undefined, ...facts }),
    evidence: { ...answersOnly, ledger },
  };
  return evidenceOf(sale, calls, {
    ledger: {
      ...emptyLedger(),
      inventory: rows.stock ? [stock(rows.stock)] : [],
      orders: rows.orders ?? [],
      reservations: rows.reservations ?? [],
      vouchers: rows.vouchers ?? [],
    },
    ...rest,
  });
}

/** The account of when the books of a story were read. */
export const readingAt = (
  atMs: number,
  {
    orders = [],
    reservations = [],
  }: Pick<Parameters<typeof shopOf>[2] & object, 'orders' | 'reservations'>,
): Pick<Evidence, 'books'> => ({
  books: [
    {
      ...{ skuId: SKU, fromNs: atMs * 1e6, toNs: atMs * 1e6 },
      counts: { order: orders.length, reservation: reservations.length },
    },
  ],
});

/** The checks that are invalid, with their summaries. */
export const wrongIn = (evidence: Evidence): Record<string, string> =>
  Object.fromEntries(
    judge(evidence)
      .checks.filter(({ status }) => status === 'invalid')
      .map(({ name, summary }) => [name, summary]),
  );

/** The checks that are neither valid nor skipped, with their summaries. */
export const notValidIn = (evidence: Evidence): Record<string, string> =>
  Object.fromEntries(
    judge(evidence)
      .checks.filter(({ status }) => status !== 'valid' && status !== 'skipped')
      .map(({ name, status, summary }) => [name, `${status}: ${summary}`]),
  );
