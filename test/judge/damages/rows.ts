import type { Evidence } from '../../../src/checkers/evidence.ts';
import { type LedgerSnapshot, LIST_OF_KIND } from '../../../src/history/ledger-snapshot.ts';
import type { LedgerEntry } from '../../../src/protocol/ledger.ts';
import { announce, type Damage, middleOf } from './damage.ts';
import { otherValues } from './values.ts';

type Row = Record<string, unknown>;

/** Fields that name a thing. A row that is there twice under another name is a second thing. */
const NAMES = ['reservationId', 'orderId', 'voucherId', 'transactionId', 'eventId', 'code'];

/** Fields by which rows belong together. Two rows that exchange them are each as good as before. */
const LINKS = new Set<string>([
  ...(['userId', 'reservationId', 'orderId', 'basketId', 'callId', 'checkedInByCallId'] as const),
  ...([
    'usedByCallId',
    'code',
    'sequence',
    'quantity',
    'totalPrice',
    'amount',
    'hold',
    'order',
  ] as const),
  ...(['voucher', 'ticket', 'basket', 'buyer'] as const),
]);

/** The damages of the calls that were answered, and of the rows of the ledger. */
export const damagesOfRows = (evidence: Evidence): Damage[] => [
  ...damagesOfCalls(evidence),
  ...damagesOfRefusals(evidence),
  ...Object.values(LIST_OF_KIND).flatMap((list) => damagesOfLedger(evidence, list)),
];

/** The damages of each field of one call of each kind that was answered yes. */
export function damagesOfCalls({ operations }: Evidence): Damage[] {
  const calls = operations as unknown as Row[];
  const kinds = new Set(operations.flatMap(({ kind, outcome }) => (outcome === 'ok' ? kind : [])));
  return [...kinds].flatMap((kind) => {
    const places = placesOf(calls, (call) => call.kind === kind && call.outcome === 'ok');
    const place = middleOf(places);
    return damagesOfFields(`call ${kind}`, calls, place, (copy, at) => copy.operations[at]);
  });
}

/** The damages of the refusals of each kind and code: another code, or a yes. */
function damagesOfRefusals({ operations }: Evidence): Damage[] {
  const refused = operations.filter(
    ({ outcome, code }) => outcome === 'fail' && code !== undefined,
  );
  const codesOf = (kind: string) => [
    ...new Set(refused.flatMap((call) => (call.kind === kind && call.code ? call.code : []))),
  ];
  return [...new Set(refused.map(({ kind }) => kind))].flatMap((kind) =>
    codesOf(kind).flatMap((code) => {
      const place = operations.indexOf(
        middleOf(refused.filter((call) => call.kind === kind && call.code === code)),
      );
      const name = `call ${kind} refused as ${code}`;
      return [
        { name: `${name}: yes`, change: { outcome: 'ok', code: undefined } as const },
        ...codesOf(kind)
          .filter((other) => other !== code)
          .map((other) => ({ name: `${name}: ${other}`, change: { code: other } })),
      ].map(({ change, ...damage }) => ({
        ...damage,
        apply: (copy: Evidence) => void Object.assign(copy.operations[place] as object, change),
      }));
    }),
  );
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
        apply: (copy: Evidence) =>
          announce(copy, listIn(copy).splice(place, 1) as unknown as LedgerEntry[], -1),
      },
      {
        name: `${name}: twice`,
        apply(copy: Evidence) {
          const twice = renamed(rows[place] as Row);
          listIn(copy).push(twice);
          announce(copy, [twice] as unknown as LedgerEntry[], 1);
        },
      },
      ...damagesOfFields(name, rows, place, (copy, at) => listIn(copy)[at]),
    ];
  });
}

/** The damages of each field of one row; `rowIn` finds the row of a place in a copy of the evidence. */
function damagesOfFields(
  name: string,
  rows: Row[],
  place: number,
  rowIn: (copy: Evidence, place: number) => unknown,
): Damage[] {
  const row = rows[place] as Row;
  const fields = Object.keys(row).filter(
    (field) => row[field] !== undefined && field !== 'row' && field !== 'id',
  );
  return fields.flatMap((field) => [
    ...otherValues(
      field,
      row[field],
      rows.map((other) => other[field]),
    ).map(({ value, word }) => ({
      name: `${name}.${field}: ${word}`,
      apply(copy: Evidence) {
        (rowIn(copy, place) as Row)[field] = value;
      },
    })),
    ...exchanges(name, field, rows, place, rowIn),
  ]);
}

/** Two rows that are alike in the rest exchange one field. */
function exchanges(
  name: string,
  field: string,
  rows: Row[],
  place: number,
  rowIn: (copy: Evidence, place: number) => unknown,
): Damage[] {
  const row = rows[place] as Row;
  const others = placesOf(
    rows,
    (other) =>
      SORTS.every((sort) => other[sort] === row[sort]) &&
      typeof other[field] === typeof row[field] &&
      other[field] !== row[field] &&
      differ(row, other, field),
  );
  if (!LINKS.has(field) || others.length === 0) return [];
  const other = middleOf(others);
  return [
    {
      name: `${name}.${field}: exchanged`,
      apply(copy: Evidence) {
        const [one, two] = [rowIn(copy, place) as Row, rowIn(copy, other) as Row];
        [one[field], two[field]] = [two[field], one[field]];
      },
    },
  ];
}

/** True for rows that differ in more than one field: they are not the same two rows if they exchange it. */
const differ = (one: Row, other: Row, field: string): boolean =>
  Object.keys(one).some((each) => each !== field && one[each] !== other[each]);

/** Fields that tell the sort of a row. */
const SORTS = ['kind', 'outcome', 'status', 'skuId', 'sku', 'topic', 'group'];

const placesOf = (rows: Row[], test: (row: Row) => boolean): number[] =>
  rows.flatMap((row, place) => (test(row) ? [place] : []));

/** The same row for a second thing: the first name that the row has is another. */
function renamed(row: Row): Row {
  const name = NAMES.find((field) => typeof row[field] === 'string');
  return name === undefined ? { ...row } : { ...row, [name]: `${row[name]}-other` };
}
