import { CompleteLine } from './format.ts';
import { ID_ABSENT, ID_WORDS, packId } from './id-column.ts';
import { OPERATION_KINDS, type Operation } from './operation.ts';
import { OUTCOMES, TEXT_COLUMN, TEXT_FIELDS } from './operation-columns.ts';
import type { PackedTexts } from './packed-texts.ts';
import type { TextTable } from './text-table.ts';

/** A line of JSON that was not checked yet. Each value is checked where it is used. */
export type Line = Record<string, unknown>;

/**
 * The facts of one line of an operation, in the form in which they are kept. One object serves all lines of a history, one
 * after the other.
 */
export interface OperationLine {
  id: unknown;
  /** NaN where the line has no number. */
  at: number;
  /** The place among `OPERATION_KINDS` of a call; -1 for any other. */
  kind: number;
  /** The place among `OUTCOMES` of an answer. */
  outcome: number;
  quantity: number;
  status: number;
  sequence: number;
  /** By `TEXT_COLUMN`, the numbers of the texts; 0 for one that is absent. */
  textNumbers: Uint32Array;
  /** The call id of a call, the request id of an answer. */
  idForm: number;
  idWords: Uint32Array;
  observed: Operation['observed'];
}

export const createOperationLine = (): OperationLine => ({
  id: 0,
  at: Number.NaN,
  kind: -1,
  outcome: 0,
  quantity: Number.NaN,
  status: Number.NaN,
  sequence: Number.NaN,
  textNumbers: new Uint32Array(TEXT_FIELDS.length),
  idForm: ID_ABSENT,
  idWords: new Uint32Array(ID_WORDS),
  observed: undefined,
});

/** Reads the facts of lines of any spelling, other than the scanner does, into `facts`. */
export interface OperationLineReader {
  call(line: Line, facts: OperationLine): void;
  answer(line: Line, facts: OperationLine): void;
}

/** @param refuse throws an error that names the line and the reason */
export function createOperationLineReader(
  texts: TextTable,
  ids: PackedTexts,
  refuse: (why: string) => never,
): OperationLineReader {
  /** A text, or undefined. Whatever else stands in its place is not taken for nothing. */
  function textIn(line: Line, field: string): string | undefined {
    const value = line[field];
    if (value === undefined || typeof value === 'string') return value;
    return refuse(`${field} is ${JSON.stringify(value)}, and no text`);
  }

  function readTexts(line: Line, { textNumbers }: OperationLine): void {
    for (const field of TEXT_FIELDS) {
      const text = textIn(line, field);
      textNumbers[TEXT_COLUMN[field]] = text === undefined ? 0 : texts.add(text);
    }
  }

  function readId(line: Line, field: 'callId' | 'requestId', facts: OperationLine): void {
    const id = textIn(line, field);
    facts.idForm = id === undefined ? ID_ABSENT : packId(id, facts.idWords, ids);
  }

  function sequenceIn({ sequence }: Line): number {
    if (sequence === undefined) return Number.NaN;
    if (Number.isSafeInteger(sequence)) return sequence as number;
    return refuse(`sequence is ${JSON.stringify(sequence)}, and no whole number`);
  }

  function observedIn({ observed }: Line): Operation['observed'] {
    if (observed === undefined) return undefined;
    const { success } = Observed.safeParse(observed);
    if (!success) refuse(`observed is ${JSON.stringify(observed)}, and nothing that a read tells`);
    return observed as Operation['observed'];
  }

  return {
    call(line, facts) {
      facts.id = line.id;
      facts.at = numberOf(line.at);
      facts.kind = KINDS.indexOf(line.kind);
      facts.quantity = numberOf(line.quantity);
      readTexts(line, facts);
      readId(line, 'callId', facts);
    },
    answer(line, facts) {
      facts.id = line.id;
      facts.at = numberOf(line.at);
      facts.outcome = ANSWERS.indexOf(line.type);
      facts.status = numberOf(line.status);
      facts.sequence = sequenceIn(line);
      facts.observed = observedIn(line);
      readTexts(line, facts);
      readId(line, 'requestId', facts);
    },
  };
}

const KINDS: readonly unknown[] = OPERATION_KINDS;
const ANSWERS: readonly unknown[] = OUTCOMES;

const { observed: Observed } = CompleteLine.shape;

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
