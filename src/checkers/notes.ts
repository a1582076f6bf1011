import { type Operation, takesStock } from '../history/operation.ts';
import { groupBy } from '../kernel/group-by.ts';
import { count, skuName } from '../kernel/wording.ts';
import type { Evidence } from './evidence.ts';
import { buyerOf } from './prose.ts';
import { indexLedger, isStanding, sumUnits } from './reading/ledger-index.ts';
import { isStrange } from './reading/other-people.ts';

/** The code of an answer that fits no rule of the target file. */
const UNCLASSIFIED = 'UNCLASSIFIED';
/** The code of a call that a limit on the rate of calls turned away. */
export const LIMITED = 'limited';

/** Things that a reader of the verdict should know, and that are no evidence of anything: one sentence each. */
export const notesOf = (evidence: Evidence): string[] => [
  ...callsNotOnSale(evidence),
  ...unclassifiedAnswers(evidence),
  ...limitedCalls(evidence),
  ...rowsOfOthers(evidence),
];

/** Names the SKUs that calls asked for and that are not on sale. */
export function callsNotOnSale({ operations, sale }: Evidence): string[] {
  const onSale = new Set(sale.skus.map(({ skuId }) => skuId));
  const others = groupBy(
    operations.filter(({ kind }) => takesStock(kind)),
    ({ sku }) => (sku === undefined || onSale.has(sku) ? undefined : sku),
  );
  return [...others]
    .slice(0, SHOWN_MAX)
    .map(
      ([sku, calls]) =>
        `${count(calls.length, 'call was', 'calls were')} for ${skuName(sku)}, which is not on sale`,
    );
}

const SHOWN_MAX = 5;

function unclassifiedAnswers({ operations }: Evidence): string[] {
  const answers = operations.filter(({ code }) => code === UNCLASSIFIED);
  const [first] = answers;
  if (first === undefined) return [];
  const fit = answers.length === 1 ? 'fits' : 'fit';
  return [
    `${count(answers.length, 'answer')} ${fit} no rule of the target file, such as ${describe(first)}`,
  ];
}

const describe = (call: Operation): string =>
  `status ${call.status} to ${call.kind} of ${buyerOf(call).replace(/^[A-Z]/, (letter) => letter.toLowerCase())}`;

function limitedCalls({ operations }: Evidence): string[] {
  const limited = operations.filter(({ code, outcome }) => outcome === 'fail' && code === LIMITED);
  if (limited.length === 0) return [];
  return [
    `${count(limited.length, 'call was', 'calls were')} turned away by a rate limit, which says nothing about the stock`,
  ];
}

function rowsOfOthers(evidence: Evidence): string[] {
  const { index: ledger } = indexLedger(evidence);
  if (ledger?.attribution === undefined) return [];
  const { madeOfOrders } = ledger.attribution;
  const orders = ledger.orders.filter((row) => isStanding(row) && isStrange(row, ledger));
  const reservations = ledger.reservations.filter(
    (row) => !madeOfOrders.has(row.reservationId) && isStrange(row, ledger),
  );
  return (
    [
      [orders, 'order'],
      [reservations, 'reservation'],
    ] as const
  ).flatMap(([rows, what]) => {
    if (rows.length === 0) return [];
    const were = rows.length === 1 ? 'was' : 'were';
    return [
      `${count(rows.length, what)} of ${count(sumUnits(rows), 'unit')} ${were} made by nobody of this run`,
    ];
  });
}
