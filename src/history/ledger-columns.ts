import type * as z from 'zod';
import { FRACTION_DIGITS_MAX, isoOf, microsecondsOf, SECOND_LENGTH } from '../kernel/iso-time.ts';
import { type ByteCursor, type Spelling, spellingOf } from './byte-cursor.ts';
import { ID_ABSENT, ID_WORDS, IdColumn, packId } from './id-column.ts';
import { PART_LENGTH } from './operation-columns.ts';
import type { PackedTexts } from './packed-texts.ts';
import type { TextTable } from './text-table.ts';

/** One fact of the ledger rows of one part. A fact that a shop does not have is null. */
export interface Column<Value = unknown> {
  at(place: number): Value;
  /** True for a fact that is null, which is found without writing out an id or a time. */
  isNull(place: number): boolean;
  /** Sets the fact of a row, which the schema has taken. */
  set(place: number, value: Value): void;
  /**
   * Reads the fact of a row where the cursor stands. Returns false for one in another spelling than that of
   * `createHistoryFile`, and for one that the schema may refuse.
   */
  read(cursor: ByteCursor, place: number): boolean;
}

/** A row of which one fact stands in each column. */
interface InColumns {
  /** The columns of its part, by the numbers of the members. */
  readonly columns: readonly Column[];
  readonly place: number;
}

/** One member of the rows of a kind. */
export interface ColumnKind {
  /** Creates the column of a part. */
  create(): Column;
  /**
   * Creates the getter for the member of a number. Each class of columns has a function of its own for it: in a common one the
   * engine would have to look up anew, each time, of which class the column is.
   */
  getter(number: number): (this: InColumns) => unknown;
}

/** The texts that the columns of a ledger share with those of the calls. */
export interface SharedTexts {
  table: TextTable;
  /** Ids that hardly any two rows share. */
  ids: PackedTexts;
}

/** The parts of a schema by which it is told which values it takes. */
type Known = z.ZodType & {
  format?: string | null;
  options?: readonly string[];
  def: { type: string; innerType?: z.ZodType; checks?: unknown[] };
};

/**
 * Chooses the column for a member of a row.
 *
 * @param isOwnId true for an id that hardly any two rows share
 */
export function columnFor(schema: z.ZodType, isOwnId: boolean, texts: SharedTexts): ColumnKind {
  const { def } = schema as Known;
  const isNullable = def.type === 'nullable';
  const known = (isNullable ? def.innerType : schema) as Known;
  const hasChecks = known.def.checks !== undefined && known.def.checks.length > 0;
  if (known.def.type === 'boolean' || known.def.type === 'enum') {
    const values = known.def.type === 'enum' ? known.options : [true, false];
    const choices = [...(values ?? []), ...(isNullable ? [null] : [])].map(choiceOf);
    return { create: () => new ChoiceColumn(choices), getter: ChoiceColumn.getter };
  }
  if (known.format === 'safeint' && !hasChecks)
    return { create: () => new NumberColumn(isNullable), getter: NumberColumn.getter };
  if (known.format === 'datetime' && !hasChecks)
    return { create: () => new TimeColumn(isNullable), getter: TimeColumn.getter };
  if (known.def.type !== 'string') throw new Error(`no column is made for a ${known.def.type}`);
  if (isOwnId && takesAnyText(known))
    return { create: () => new OwnIdColumn(texts.ids, isNullable), getter: OwnIdColumn.getter };
  const isTaken = createTextTest(known, texts.table);
  return {
    create: () => new TextColumn(texts.table, isTaken, isNullable),
    getter: TextColumn.getter,
  };
}

/** Texts that other rows or calls have as well, kept as numbers of a table. */
class TextColumn implements Column<string | null> {
  private readonly table: TextTable;
  private readonly isTaken: (number: number) => boolean;
  private readonly isNullable: boolean;
  private readonly numbers = new Uint32Array(PART_LENGTH);

  static getter(number: number) {
    return function (this: InColumns) {
      return (this.columns[number] as TextColumn).at(this.place);
    };
  }

  constructor(table: TextTable, isTaken: (number: number) => boolean, isNullable: boolean) {
    this.table = table;
    this.isTaken = isTaken;
    this.isNullable = isNullable;
  }

  at(place: number): string | null {
    return this.table.texts[this.numbers[place] as number] ?? null;
  }

  isNull(place: number): boolean {
    return this.numbers[place] === 0;
  }

  set(place: number, text: string | null): void {
    this.numbers[place] = text === null ? 0 : this.table.add(text);
  }

  read(cursor: ByteCursor, place: number): boolean {
    this.numbers[place] = 0;
    if (this.isNullable && cursor.skip(NULL)) return true;
    if (!cursor.skip(QUOTE)) return false;
    const number = cursor.text();
    if (number < 0 || !this.isTaken(number)) return false;
    this.numbers[place] = number;
    return true;
  }
}

/** True for the schema of any text whatever. */
const takesAnyText = ({ def, format }: Known): boolean =>
  def.type === 'string' && !format && !def.checks?.length;

/** Creates the test for texts that a schema takes, by their numbers. Few texts come with most rows: each is tested once. */
export function createTextTest(
  schema: z.ZodType,
  { texts }: TextTable,
): (number: number) => boolean {
  if (takesAnyText(schema as Known)) return () => true;
  const taken = new Set<number>();
  return (number) => {
    if (taken.has(number)) return true;
    const parsed = schema.safeParse(texts[number]);
    const isTaken = parsed.success && parsed.data === texts[number];
    if (isTaken) taken.add(number);
    return isTaken;
  };
}

/** Ids that hardly any two rows share. */
class OwnIdColumn implements Column<string | null> {
  private readonly ids: PackedTexts;
  private readonly isNullable: boolean;
  private readonly column: IdColumn;

  static getter(number: number) {
    return function (this: InColumns) {
      return (this.columns[number] as OwnIdColumn).at(this.place);
    };
  }

  constructor(ids: PackedTexts, isNullable: boolean) {
    this.ids = ids;
    this.isNullable = isNullable;
    this.column = new IdColumn(ids, PART_LENGTH);
  }

  at(place: number): string | null {
    return this.column.at(place) ?? null;
  }

  isNull(place: number): boolean {
    return !this.column.has(place);
  }

  set(place: number, id: string | null): void {
    const form = id === null ? ID_ABSENT : packId(id, idWords, this.ids);
    this.column.set(place, form, idWords);
  }

  read(cursor: ByteCursor, place: number): boolean {
    let form = ID_ABSENT;
    if (!this.isNullable || !cursor.skip(NULL)) {
      if (!cursor.skip(QUOTE)) return false;
      form = cursor.id(idWords, this.ids);
      if (form === ID_ABSENT) return false;
    }
    this.column.set(place, form, idWords);
    return true;
  }
}

const idWords = new Uint32Array(ID_WORDS);

/** Whole numbers; NaN stands for null. */
class NumberColumn implements Column<number | null> {
  private readonly isNullable: boolean;
  private readonly numbers = new Float64Array(PART_LENGTH);

  static getter(number: number) {
    return function (this: InColumns) {
      return (this.columns[number] as NumberColumn).at(this.place);
    };
  }

  constructor(isNullable: boolean) {
    this.isNullable = isNullable;
  }

  at(place: number): number | null {
    const number = this.numbers[place] as number;
    return Number.isNaN(number) ? null : number;
  }

  isNull(place: number): boolean {
    return Number.isNaN(this.numbers[place]);
  }

  set(place: number, number: number | null): void {
    this.numbers[place] = number ?? Number.NaN;
  }

  read(cursor: ByteCursor, place: number): boolean {
    this.numbers[place] = Number.NaN;
    if (this.isNullable && cursor.skip(NULL)) return true;
    const number = cursor.number();
    this.numbers[place] = number;
    return number >= 0;
  }
}

/** Times, kept as microseconds; NaN stands for null. A time that this would not write again is kept as it is. */
export class TimeColumn implements Column<string | null> {
  private readonly isNullable: boolean;
  private readonly us = new Float64Array(PART_LENGTH);
  private readonly fractionDigits = new Uint8Array(PART_LENGTH);
  /** By place. */
  private others: Map<number, string> | undefined;

  static getter(number: number) {
    return function (this: InColumns) {
      return (this.columns[number] as TimeColumn).at(this.place);
    };
  }

  constructor(isNullable: boolean) {
    this.isNullable = isNullable;
  }

  /** Written out anew each time: whoever calculates with it asks for `usAt`. */
  at(place: number): string | null {
    const other = this.others?.get(place);
    if (other !== undefined) return other;
    const us = this.us[place] as number;
    return Number.isNaN(us) ? null : isoOf(us, this.fractionDigits[place] as number);
  }

  isNull(place: number): boolean {
    return Number.isNaN(this.us[place]) && !this.others?.has(place);
  }

  /** Microseconds since the epoch. NaN without a time. */
  usAt(place: number): number {
    return this.us[place] as number;
  }

  set(place: number, time: string | null): void {
    const us = time === null ? Number.NaN : microsecondsOf(time);
    this.us[place] = us;
    if (time === null) return;
    const digits = Math.max(0, time.length - SECOND_LENGTH - 2);
    this.fractionDigits[place] = digits;
    const isWrittenAgain =
      us >= 0 &&
      us <= Number.MAX_SAFE_INTEGER &&
      digits <= FRACTION_DIGITS_MAX &&
      isoOf(us, digits) === time;
    if (isWrittenAgain) return;
    this.others ??= new Map();
    this.others.set(place, time);
  }

  read(cursor: ByteCursor, place: number): boolean {
    this.us[place] = Number.NaN;
    if (this.isNullable && cursor.skip(NULL)) return true;
    if (!cursor.skip(QUOTE)) return false;
    const us = cursor.time();
    this.us[place] = us;
    this.fractionDigits[place] = cursor.fractionDigits;
    return us >= 0;
  }
}

interface Choice {
  value: unknown;
  spelling: Spelling;
}

const choiceOf = (value: unknown): Choice => ({
  value,
  spelling: spellingOf(JSON.stringify(value)),
});

/** Values of which there are few. */
class ChoiceColumn implements Column {
  private readonly choices: readonly Choice[];
  private readonly numbers = new Uint8Array(PART_LENGTH);

  static getter(number: number) {
    return function (this: InColumns) {
      return (this.columns[number] as ChoiceColumn).at(this.place);
    };
  }

  constructor(choices: readonly Choice[]) {
    this.choices = choices;
  }

  at(place: number): unknown {
    return this.choices[this.numbers[place] as number]?.value;
  }

  isNull(place: number): boolean {
    return this.at(place) === null;
  }

  set(place: number, value: unknown): void {
    this.numbers[place] = this.choices.findIndex((choice) => choice.value === value);
  }

  read(cursor: ByteCursor, place: number): boolean {
    for (let number = 0; number < this.choices.length; number++) {
      if (!cursor.skip((this.choices[number] as Choice).spelling)) continue;
      this.numbers[place] = number;
      return true;
    }
    return false;
  }
}

const QUOTE = spellingOf('"');
const NULL = spellingOf('null');
