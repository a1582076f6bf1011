import type { LedgerEntry } from '../protocol/ledger.ts';
import { type ByteCursor, type Spelling, spellingOf } from './byte-cursor.ts';
import { type Column, columnFor, type SharedTexts } from './ledger-columns.ts';
import { PART_LENGTH } from './operation-columns.ts';
import { shapeOf } from './row-in-columns.ts';
import { createRowClass, type Member, type RowClass, type RowKind } from './rows-in-columns.ts';

/** The rows of one kind, put into columns one after the other. */
export class RowList {
  readonly rows: LedgerEntry[] = [];
  private readonly Row: RowClass;
  private readonly members: SpelledMember[];
  /** The columns of the last part, in the order of the members. */
  private columns: Column[] = [];

  constructor(kind: RowKind, texts: SharedTexts) {
    this.members = membersOf(kind, texts);
    this.Row = createRowClass(kind, this.members);
  }

  /** Adds a row that the schema has taken. */
  push(row: LedgerEntry): void {
    const place = this.nextPlace();
    for (const [number, { name }] of this.members.entries()) {
      this.columns[number]?.set(place, (row as Record<string, unknown>)[name]);
    }
    this.keep(place);
  }

  /**
   * Reads the rest of a row behind its `"row":"…"`, the members in the order of their schema, and adds it. Returns false for
   * another spelling, and for a row that the schema may refuse: nothing is added then.
   */
  read(cursor: ByteCursor): boolean {
    const place = this.nextPlace();
    for (let number = 0; number < this.members.length; number++) {
      if (!cursor.skip((this.members[number] as SpelledMember).spelling)) return false;
      if (!(this.columns[number] as Column).read(cursor, place)) return false;
    }
    if (!cursor.skip(CLOSING) || !cursor.isAtEnd()) return false;
    this.keep(place);
    return true;
  }

  private nextPlace(): number {
    const place = this.rows.length % PART_LENGTH;
    if (place === 0) this.columns = this.members.map(({ create }) => create());
    return place;
  }

  private keep(place: number): void {
    this.rows.push(new this.Row(this.columns, place));
  }
}

interface SpelledMember extends Member {
  /** The name with the comma before it and the colon behind it. */
  spelling: Spelling;
}

/**
 * The names of ids that hardly any two rows share and hardly any check reads. Ids of calls are not among them: to write them
 * out again and again would take a twentieth of the time of a verdict.
 */
const OWN_IDS: ReadonlySet<string> = new Set([
  ...['usedByCallId', 'transactionId', 'voucherId'],
  ...['ticketId', 'checkedInByCallId'],
]);

function membersOf(kind: RowKind, texts: SharedTexts): SpelledMember[] {
  return Object.entries(shapeOf(kind))
    .filter(([name]) => name !== 'row')
    .map(([name, member]) => ({
      name,
      spelling: spellingOf(`,"${name}":`),
      ...columnFor(member, OWN_IDS.has(name), texts),
    }));
}

/** The end of a line of a ledger row. */
export const CLOSING = spellingOf('}}');
