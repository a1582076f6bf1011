import { IdColumn } from './id-column.ts';
import {
  copyOf,
  OPERATION_KINDS,
  type Operation,
  type OperationKind,
  type Outcome,
} from './operation.ts';
import type { PackedTexts } from './packed-texts.ts';

/** The texts of an operation that others share with it. They are kept as numbers of a `TextTable`. */
export const TEXT_FIELDS = [
  'sku',
  'buyer',
  'idempotencyKey',
  'hold',
  'order',
  'voucher',
  'instance',
  'code',
  'newHold',
  'ticket',
  'basket',
  'toldSku',
  'toldOrder',
] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

/** The place of each text among the columns. */
export const TEXT_COLUMN = Object.fromEntries(
  TEXT_FIELDS.map((field, column) => [field, column]),
) as Record<TextField, number>;

/** The operations of one part of a history, one column for each fact. */
export interface Columns {
  /** The number of operations before this part. */
  before: number;
  texts: readonly (string | undefined)[];
  kind: Uint8Array;
  outcome: Uint8Array;
  isCompleted: Uint8Array;
  status: Uint16Array;
  /** Absent: each is one. */
  quantity: Float64Array | undefined;
  invokedAtNs: Float64Array;
  completedAtNs: Float64Array;
  /** NaN where the answer carries no number. */
  sequence: Float64Array;
  /** By `TEXT_COLUMN`; a column that is absent holds no text. */
  textNumbers: (Uint32Array | undefined)[];
  callId: IdColumn;
  requestId: IdColumn;
  observed: ObservedColumn | undefined;
}

/** The stock and the decisions that reads showed. Most reads show what the one before them showed, and share it. */
export interface ObservedColumn {
  /** The first is for calls that showed nothing. */
  shown: Operation['observed'][];
  /** By the place of an operation, a place in `shown`. */
  numbers: Uint16Array;
}

/** The operations of one part. Columns of a million would have to be copied whenever they grow. */
export const PART_LENGTH = 8192;

export const OUTCOMES: readonly Outcome[] = ['ok', 'fail', 'info'];

export const createColumns = (
  before: number,
  texts: readonly (string | undefined)[],
  ids: PackedTexts,
): Columns => ({
  before,
  texts,
  kind: new Uint8Array(PART_LENGTH),
  outcome: new Uint8Array(PART_LENGTH),
  isCompleted: new Uint8Array(PART_LENGTH),
  status: new Uint16Array(PART_LENGTH),
  quantity: undefined,
  invokedAtNs: new Float64Array(PART_LENGTH),
  completedAtNs: new Float64Array(PART_LENGTH),
  sequence: new Float64Array(PART_LENGTH),
  textNumbers: TEXT_FIELDS.map(() => undefined),
  callId: new IdColumn(ids, PART_LENGTH),
  requestId: new IdColumn(ids, PART_LENGTH),
  observed: undefined,
});

/**
 * An operation whose facts stand in columns: it takes a fifth of the memory of an object of its own. There is one for each
 * operation, so that it can be a key. Its facts are getters, which `{...operation}` does not copy: see `copyOf`.
 */
export class ColumnOperation implements Operation {
  private readonly columns: Columns;
  private readonly place: number;

  constructor(columns: Columns, place: number) {
    this.columns = columns;
    this.place = place;
  }

  get id(): number {
    return this.columns.before + this.place + 1;
  }

  get kind(): OperationKind {
    return OPERATION_KINDS[this.columns.kind[this.place] as number] as OperationKind;
  }

  get sku(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.sku, this.place);
  }

  get toldSku(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.toldSku, this.place);
  }

  get toldOrder(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.toldOrder, this.place);
  }

  get buyer(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.buyer, this.place);
  }

  get quantity(): number {
    return this.columns.quantity?.[this.place] ?? 1;
  }

  get callId(): string | undefined {
    return this.columns.callId.at(this.place);
  }

  get idempotencyKey(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.idempotencyKey, this.place);
  }

  get hold(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.hold, this.place);
  }

  get newHold(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.newHold, this.place);
  }

  get order(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.order, this.place);
  }

  get voucher(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.voucher, this.place);
  }

  get ticket(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.ticket, this.place);
  }

  get basket(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.basket, this.place);
  }

  get invokedAtNs(): number {
    return this.columns.invokedAtNs[this.place] as number;
  }

  get outcome(): Outcome {
    return OUTCOMES[this.columns.outcome[this.place] as number] as Outcome;
  }

  get completedAtNs(): number {
    return this.columns.completedAtNs[this.place] as number;
  }

  get status(): number {
    return this.columns.status[this.place] as number;
  }

  get code(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.code, this.place);
  }

  get sequence(): number | undefined {
    const sequence = this.columns.sequence[this.place] as number;
    return Number.isNaN(sequence) ? undefined : sequence;
  }

  get observed(): Operation['observed'] {
    const { observed } = this.columns;
    return observed?.shown[observed.numbers[this.place] as number];
  }

  get requestId(): string | undefined {
    return this.columns.requestId.at(this.place);
  }

  get hasRequestId(): boolean {
    return this.columns.requestId.has(this.place);
  }

  get instance(): string | undefined {
    return textOf(this.columns, TEXT_COLUMN.instance, this.place);
  }

  toJSON(): Operation {
    return copyOf(this);
  }
}

/** Sets what a read showed. */
export function setObserved(
  columns: Columns,
  place: number,
  observed: NonNullable<Operation['observed']>,
): void {
  columns.observed ??= { shown: [undefined], numbers: new Uint16Array(PART_LENGTH) };
  const { shown, numbers } = columns.observed;
  if (shown.at(-1) !== observed) shown.push(observed);
  numbers[place] = shown.length - 1;
}

/** True when the answer carried a request id. The id itself would have to be written out of its column. */
export const hasRequestId = (operation: Operation): boolean =>
  operation instanceof ColumnOperation ? operation.hasRequestId : operation.requestId !== undefined;

function textOf(
  { textNumbers, texts }: Columns,
  column: number,
  place: number,
): string | undefined {
  const numbers = textNumbers[column];
  return numbers === undefined ? undefined : texts[numbers[place] as number];
}
