import type { Evidence } from '../../src/checkers/evidence.ts';
import {
  emptyLedger,
  type LedgerSnapshot,
  LIST_OF_KIND,
} from '../../src/history/ledger-snapshot.ts';
import { answersOnly, type Manifest } from '../../src/history/manifest.ts';
import type { Operation, OperationKind, SaleFacts } from '../../src/history/operation.ts';
import { groupBy } from '../../src/kernel/group-by.ts';
import type {
  LedgerInventory,
  LedgerMovement,
  LedgerOrder,
  LedgerReservation,
  LedgerRowKind,
  MovementKind,
  Whole,
} from '../../src/protocol/ledger.ts';
import { referenceTarget } from '../../src/target/reference.ts';

/** A story begins at noon, so that its moments are easy to read in a witness: 412 ms are 12:00:00.412. */
const NOON_MS = Date.UTC(2026, 0, 1, 12);

export const SKU = 'SKU-1';

export const saleOf = (facts: Partial<SaleFacts> & { total?: number } = {}): SaleFacts => {
  const { total = 1, ...rest } = facts;
  return {
    scenario: 'story',
    target: ['http://one'],
    skus: [{ skuId: SKU, total }],
    unitsPerBuyerMax: 1,
    holdTtlMs: 1_000,
    sweepGraceMs: 100,
    refusals: referenceTarget.refusals,
    sellOutExpected: false,
    startedAtMs: NOON_MS,
    startedAtNs: 0,
    evidence: answersOnly,
    ...rest,
  };
};

export type Call = Omit<Operation, 'id'>;

/** A call that was answered yes, from `fromMs` to `toMs` of the story. */
export const said = (
  kind: OperationKind,
  buyer: string,
  [fromMs, toMs]: [number, number],
  facts: Partial<Call> = {},
): Call => ({
  kind,
  sku: SKU,
  buyer,
  quantity: 1,
  invokedAtNs: fromMs * 1e6,
  completedAtNs: toMs * 1e6,
  outcome: 'ok',
  status: kind === 'release' ? 200 : 201,
  ...facts,
});

/** A call that was refused, as sold out unless `facts` give another code. */
export const refused = (
  kind: OperationKind,
  buyer: string,
  times: [number, number],
  facts: Partial<Call> = {},
): Call =>
  said(kind, buyer, times, { outcome: 'fail', status: 400, code: 'OUT_OF_STOCK', ...facts });

/** A call without an answer. */
export const unanswered = (
  kind: OperationKind,
  buyer: string,
  fromMs: number,
  facts: Partial<Call> = {},
): Call => ({
  ...said(kind, buyer, [fromMs, Number.POSITIVE_INFINITY]),
  outcome: 'info',
  status: 0,
  code: 'ECONNRESET',
  ...facts,
});

export function evidenceOf(
  sale: SaleFacts,
  calls: Call[],
  rest: Omit<Partial<Evidence>, 'sale' | 'operations'> = {},
): Evidence {
  const operations = [...calls]
    .sort((a, b) => a.invokedAtNs - b.invokedAtNs)
    .map((call, place) => ({ ...call, id: place + 1 }));
  const evidence = sale.evidence === answersOnly ? promiseOf(operations, rest) : sale.evidence;
  return { sale: { ...sale, evidence }, operations, ...rest };
}

/** The manifest of a target that promised just what a story tells. */
function promiseOf(
  operations: Operation[],
  { ledger, scrapes = [], generator }: Omit<Partial<Evidence>, 'sale' | 'operations'>,
): Manifest {
  const kinds = Object.entries(LIST_OF_KIND) as [LedgerRowKind, keyof LedgerSnapshot][];
  const told = kinds.filter(([kind, list]) => ALWAYS_TOLD.has(kind) || ledger?.[list].length);
  const topicsOf = groupBy([...(ledger?.deliveries ?? [])], ({ group }) => group);
  return {
    ledger: ledger === undefined ? [] : told.map(([kind]) => kind),
    sequences: operations.some(({ sequence }) => sequence !== undefined),
    consumers: [...topicsOf].map(([group, deliveries]) => ({
      group,
      topics: [...new Set(deliveries.map(({ topic }) => topic))],
    })),
    scraped: [...new Set(scrapes.map(({ instance }) => instance))],
    scrapedAll: true,
    generator: generator !== undefined,
  };
}

/** The kinds of rows that the ledger of every story has, if it has a ledger. */
const ALWAYS_TOLD = new Set<LedgerRowKind>(['inventory', 'reservation', 'order', 'movement']);

/** One change of stock in the ledger of a story. */
export interface Entry {
  kind: MovementKind;
  hold: string;
  buyer: string;
  quantity?: number;
  callId?: string;
  atMs?: number;
}

const STATUS_AFTER: Record<MovementKind, LedgerReservation['status']> = {
  RESERVED: 'RESERVED',
  SOLD: 'CONFIRMED',
  RELEASED: 'CANCELLED',
  EXPIRED: 'EXPIRED',
  RETURNED: 'CANCELLED',
};

const isoAt = (atMs: number): string => new Date(NOON_MS + atMs).toISOString();

/** The rows that a ledger without mistakes has after these changes. */
export function booksOf(sale: SaleFacts, entries: Entry[]): LedgerSnapshot {
  const total = sale.skus[0]?.total ?? 0;
  const inventory: Whole<LedgerInventory> = {
    row: 'inventory',
    skuId: SKU,
    total,
    available: total,
    reserved: 0,
    sold: 0,
    sequence: 0,
  };
  const books: LedgerSnapshot = { ...emptyLedger(), inventory: [inventory] };
  for (const given of entries) {
    const entry = { quantity: 1, atMs: inventory.sequence, ...given };
    moveStock(inventory, entry);
    books.movements.push(movementOf(entry, inventory.sequence));
    const before = books.reservations.find(({ reservationId }) => reservationId === entry.hold);
    if (before) before.status = STATUS_AFTER[entry.kind];
    else books.reservations.push(reservationOf(entry, sale));
    if (entry.kind === 'SOLD') books.orders.push(orderOf(entry));
    const order = books.orders.find(({ reservationId }) => reservationId === entry.hold);
    if (order && entry.kind === 'RETURNED') order.status = 'CANCELLED';
  }
  return books;
}

type FullEntry = Entry & { quantity: number; atMs: number };

/** The columns between which each movement shifts its units. */
const SHIFT: Record<MovementKind, [from: StockColumn, to: StockColumn]> = {
  RESERVED: ['available', 'reserved'],
  SOLD: ['reserved', 'sold'],
  RELEASED: ['reserved', 'available'],
  EXPIRED: ['reserved', 'available'],
  RETURNED: ['sold', 'available'],
};

type StockColumn = 'available' | 'reserved' | 'sold';

function moveStock(inventory: Whole<LedgerInventory>, { kind, quantity }: FullEntry): void {
  const [from, to] = SHIFT[kind];
  inventory.sequence++;
  inventory[from] -= quantity;
  inventory[to] += quantity;
}

const movementOf = (
  { kind, quantity, hold, atMs }: FullEntry,
  sequence: number,
): LedgerMovement => ({
  row: 'movement',
  skuId: SKU,
  sequence,
  kind,
  quantity,
  reservationId: hold,
  at: isoAt(atMs),
});

const reservationOf = (
  { kind, hold, buyer, quantity, callId, atMs }: FullEntry,
  sale: SaleFacts,
): LedgerReservation => ({
  row: 'reservation',
  reservationId: hold,
  userId: buyer,
  skuId: SKU,
  quantity,
  status: STATUS_AFTER[kind],
  lapsed: false,
  callId: callId ?? null,
  createdAt: isoAt(atMs),
  expiresAt: isoAt(atMs + (sale.holdTtlMs ?? 0)),
});

const orderOf = ({ hold, buyer, quantity, callId, atMs }: FullEntry): LedgerOrder => ({
  row: 'order',
  orderId: `order-${hold}`,
  reservationId: hold,
  userId: buyer,
  skuId: SKU,
  quantity,
  totalPrice: '1.00',
  status: 'CONFIRMED',
  callId: callId ?? null,
  createdAt: isoAt(atMs),
});

/** The same evidence of a target that keeps only rows of these kinds. */
export function keeping(evidence: Evidence, ...kinds: LedgerRowKind[]): Evidence {
  const { sale, ledger } = evidence;
  const kept = kinds.map((kind) => [LIST_OF_KIND[kind], ledger?.[LIST_OF_KIND[kind]] ?? []]);
  return {
    ...evidence,
    sale: { ...sale, evidence: { ...sale.evidence, ledger: kinds } },
    ...(ledger && { ledger: { ...emptyLedger(), ...Object.fromEntries(kept) } }),
  };
}
