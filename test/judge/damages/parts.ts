import type { RecordedHistory } from '../../../src/history/parser.ts';
import type { NamedHistory } from '../../../src/merging/named-history.ts';
import { damagesOfCalls } from './rows.ts';

/** One fact of the histories of one sale that is not as it was. */
export interface PartsDamage {
  name: string;
  /** Damages copies of the histories, which are of three parts. */
  apply(copies: Parts): void;
}
export type Parts = [NamedHistory, NamedHistory, NamedHistory];

const HOUR_NS = 3_600e9;

/** Facts of calls that prove something whoever recorded them. */
const PROVES =
  /^call (reserve|confirm|release|cancel)\.(kind|sku|buyer|hold|order|outcome|sequence)/;

/** The damages of the second of three parts, which has neither ledger nor scrapes. */
export const damagesOfParts = ([, second]: Parts): PartsDamage[] => [
  ...damagesOfCalls(second.history)
    .filter(({ name }) => PROVES.test(name))
    .map(({ name, apply }) => ({ name, apply: ([, copy]: Parts) => apply(copy.history) })),
  ...WHOLE,
];

/** The damages of a part as a whole. */
const WHOLE: PartsDamage[] = [
  { name: 'part: missing', apply: (parts) => void parts.splice(1, 1) },
  { name: 'part: twice', apply: (parts) => void parts.push(renamed(parts[1])) },
  {
    name: 'part: of another number',
    apply: ofSecond(({ sale }) => void Object.assign(sale, { part: { number: 1, of: 3 } })),
  },
  {
    name: 'part: of four',
    apply: ofSecond(({ sale }) => void Object.assign(sale, { part: { number: 2, of: 4 } })),
  },
  {
    name: 'part: of another preparation',
    apply: ofSecond(({ sale }) => void Object.assign(sale.part ?? {}, { sale: 'another' })),
  },
  { name: 'part: without its number', apply: ofSecond(({ sale }) => void delete sale.part) },
  {
    name: 'part: with a longer lifetime',
    apply: ofSecond(
      ({ sale }) => void Object.assign(sale, { holdTtlMs: (sale.holdTtlMs ?? 0) + 1 }),
    ),
  },
  {
    name: 'part: that promised less',
    apply: ofSecond(({ sale }) => void Object.assign(sale.evidence, { sequences: false })),
  },
  {
    name: 'part: cut off',
    apply: ofSecond((history) => void Object.assign(history, { truncated: true })),
  },
  {
    name: 'part: without its generator',
    apply: ofSecond((history) => void Object.assign(history, { generator: undefined })),
  },
  {
    name: 'part: without its calls',
    apply: ofSecond(({ operations }) => void operations.splice(0)),
  },
  {
    name: 'part: without its last half',
    apply: ofSecond(({ operations }) => void operations.splice(operations.length / 2)),
  },
  {
    name: 'part: without its first half',
    apply: ofSecond(({ operations }) => void operations.splice(0, operations.length / 2)),
  },
  {
    name: 'part: with a call of another',
    apply: ([first, second]) => void second.history.operations.push(middle(first.history)),
  },
  {
    name: 'part: with a clock that was set in between',
    apply: ofSecond(({ operations }) => {
      for (const call of operations.slice(operations.length / 2)) {
        call.invokedAtNs += HOUR_NS;
        call.completedAtNs += HOUR_NS;
      }
    }),
  },
  {
    name: 'part: with a clock of another pace',
    apply: ofSecond(({ operations }) => {
      for (const call of operations) {
        call.invokedAtNs *= 2;
        call.completedAtNs *= 2;
      }
    }),
  },
  {
    name: 'parts: without the books',
    apply: ([first]) => void Object.assign(first.history, { ledger: undefined, books: [] }),
  },
  {
    name: 'parts: without the scrapes',
    apply: ([first]) =>
      void Object.assign(first.history, { scrapes: undefined, scrapesRecorded: undefined }),
  },
];

function ofSecond(change: (history: RecordedHistory) => void) {
  return ([, second]: Parts): void => change(second.history);
}

const renamed = ({ history }: NamedHistory): NamedHistory => ({ path: 'again.ndjson', history });

const middle = ({ operations }: RecordedHistory) =>
  ({ ...operations[Math.floor(operations.length / 2)] }) as RecordedHistory['operations'][0];
