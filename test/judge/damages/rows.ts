import type { Evidence } from '../../../src/checkers/evidence.ts';
import { type LedgerSnapshot, LIST_OF_KIND } from '../../../src/history/ledger-snapshot.ts';
import { type Damage, middleOf } from './damage.ts';
import { otherValues } from './values.ts';

type Row = Record<string, unknown>;

/** Fields that name a thing. A row that is there twice under another name is a second thing. */
const NAMES = ['reservationId', 'orderId', 'voucherId', 'transactionId', 'eventId', 'code'];

/** The damages of the calls that were answered yes, and of the rows of the ledger. */
export const damagesOfRows = (evidence: Evidence): Damage[] => [
  ...damagesOfCalls(evidence),
  ...Object.values(LIST_OF_KIND).flatMap((list) => damagesOfLedger(evidence, list)),
];

function damagesOfCalls({ operations }: Evidence): Damage[] {
  const calls = operations as unknown as Row[];
  const kinds = new Set(operations.flatMap(({ kind, outcome }) => (outcome === 'ok' ? kind : [])));
  return [...kinds].flatMap((kind) => {
    const places = placesOf(calls, (call) => call.kind === kind && call.outcome === 'ok');
    const place = middleOf(places);
    return damagesOfFields(`call ${kind}`, calls, place, (copy) => copy.operations[place]);
  });
}

function damagesOfLedger({ ledger }: Evidence, list: keyof LedgerSnapshot): Damage[] {
  const rows = (ledger?.[list] ?? []) as unknown as Row[];
  const sortOf = ({ status, kind, topic }: Row) => String(status ?? kind ?? topic ?? 'row');
  return [...new Set(rows.map(sortOf))].flatMap((sort) => {
    const place = middleOf(placesOf(rows, (row) => sortOf(row) === sort));
    const name = `${list} ${sort}`;
    const listIn = (copy: Evidence) => copy.ledger?.[list] as unknown as Row[];
    return [
      {
        name: `${name}: removed`,
        apply: (copy: Evidence) => void listIn(copy).splice(place, 1),
      },
      {
        name: `${name}: twice`,
        apply: (copy: Evidence) => void listIn(copy).push(renamed(rows[place] as Row)),
      },
      ...damagesOfFields(name, rows, place, (copy) => listIn(copy)[place]),
    ];
  });
}

/** The damages of each field of one row; `rowIn` finds that row in a copy of the evidence. */
function damagesOfFields(
  name: string,
  rows: Row[],
  place: number,
  rowIn: (copy: Evidence) => unknown,
): Damage[] {
  const row = rows[place] as Row;
  const fields = Object.keys(row).filter(
    (field) => row[field] !== undefined && field !== 'row' && field !== 'id',
  );
  return fields.flatMap((field) =>
    otherValues(
      field,
      row[field],
      rows.map((other) => other[field]),
    ).map(({ value, word }) => ({
      name: `${name}.${field}: ${word}`,
      apply(copy: Evidence) {
        (rowIn(copy) as Row)[field] = value;
      },
    })),
  );
}

const placesOf = (rows: Row[], test: (row: Row) => boolean): number[] =>
  rows.flatMap((row, place) => (test(row) ? [place] : []));

/** The same row for a second thing: the first name that the row has is another. */
function renamed(row: Row): Row {
  const name = NAMES.find((field) => typeof row[field] === 'string');
  return name === undefined ? { ...row } : { ...row, [name]: `${row[name]}-other` };
}
