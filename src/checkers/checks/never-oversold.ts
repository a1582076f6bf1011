import { type Operation, type SaleFacts, takesStock } from '../../history/operation.ts';
import { bulletList, count, shortId } from '../../kernel/wording.ts';
import type { Checker, CheckResult, Witness } from '../checker.ts';
import type { Evidence } from '../evidence.ts';
import {
  buyerOf,
  tellCall,
  tellWhere,
  timeOfDay,
  WITNESS_OPERATIONS_MAX,
  witnessOperations,
} from '../prose.ts';
import { atWorst, type Interval, surely } from '../reading/bounds.ts';
import { findCrossing, findPeak } from '../reading/crossing.ts';
import type { Hold } from '../reading/hold.ts';
import { findHolds } from '../reading/holds.ts';
import { indexLedger, isTaken, type LedgerIndex, sumUnits } from '../reading/ledger-index.ts';
import { type Replay, replaySales } from '../reading/replay.ts';

/**
 * More units of a SKU promised at one moment than exist.
 *
 * Looked for in three places, each proof enough by itself. *What buyers were told*: the reservations that at some moment
 * were surely acknowledged and not given back (see `bounds.ts`; every doubt about order counts for the server, so up to
 * lapsing this finds an oversell exactly when no order of the calls explains the answers). *What the ledger ended with*:
 * units sold or held by its reservations, whatever its columns say. *The ledger's own order*: its movements replayed by
 * their sequence numbers.
 *
 * `unknown` when it takes calls that nobody can settle to get beyond the total: no answer came, and no final ledger says
 * whether they took effect.
 */
export const neverOversold: Checker = {
  name: 'never-oversold',
  check(evidence) {
    const { sale } = evidence;
    const { bySku } = findHolds(evidence);
    const { index: ledger } = indexLedger(evidence);
    const replays = replaySales(evidence);
    const reserveCalls = evidence.operations.filter(({ kind }) => takesStock(kind)).length;
    if (reserveCalls === 0 && ledger === undefined) {
      return {
        status: 'skipped',
        summary: 'no call for units was recorded and no ledger was read',
      };
    }

    const findings: Finding[] = [];
    const peaks: string[] = [];
    let movements = 0;
    for (const { skuId, total } of sale.skus) {
      const holds = bySku.get(skuId) ?? [];
      const replay = replays.get(skuId);
      const certain = holds.flatMap((hold) => surely(hold, sale) ?? []);
      const finding =
        oversoldToBuyers(skuId, total, certain, sale) ??
        oversoldAtRest(skuId, total, ledger, holds, sale) ??
        oversoldInReplay(skuId, replay, evidence) ??
        oversoldAtWorst(skuId, total, holds, sale);
      if (finding) findings.push(finding);
      peaks.push(`${findPeak(certain).units} of ${count(total, 'unit')} of ${skuId}`);
      movements += replay?.steps.length ?? 0;
    }

    const worst =
      findings.find(({ status }) => status === 'invalid') ??
      findings.find(({ status }) => status === 'unknown');
    if (worst) return worst;
    const replayed = movements > 0 ? `; ${count(movements, 'movement')} replayed` : '';
    return {
      status: 'valid',
      summary: `in ${count(reserveCalls, 'call')} for units, surely held at once at most ${tellPeaks(peaks)}${replayed}`,
    };
  },
};

type Finding = Omit<CheckResult, 'name'> & { witness: Witness };

const tellPeaks = (peaks: string[]): string =>
  peaks.length <= 3
    ? peaks.join(', ')
    : `${peaks.slice(0, 3).join(', ')} and no more than the total of ${peaks.length - 3} others`;

function oversoldToBuyers(
  sku: string,
  total: number,
  certain: Interval[],
  sale: SaleFacts,
): Finding | undefined {
  const crossing = findCrossing(certain, total);
  if (crossing === undefined) return undefined;
  const { held, units, atNs, peak } = crossing;
  const summary = `${sku} has ${count(total, 'unit')}, and ${units} were held at ${timeOfDay(atNs, sale)}; at the worst moment ${peak.units}`;

  const shown = held.slice(-SHOWN_HELD);
  if (held.length === 2 && units === 2) {
    const [first, second] = held as [Interval, Interval];
    const prose =
      `${sku} has 1 unit. ${tellTold(first.hold, sale)} that the unit is theirs; ` +
      `${lowerFirst(tellTold(second.hold, sale, first.hold))} that it is theirs, and ${theFirst(first.hold, second.hold)} had not given it back.` +
      tellLater(peak.units, total);
    return invalid(summary, prose, reservesOf(held));
  }
  let unit = units - shown.reduce((sum, { units: more }) => sum + more, 0);
  const lines = shown.map(({ hold, units: more }) => {
    const numbers = more === 1 ? `unit ${unit + 1}` : `units ${unit + 1}–${unit + more}`;
    unit += more;
    const excess = unit > total ? ` — ${count(unit - total, 'unit')} too many` : '';
    return `${numbers}: ${tellCall(hold.reserve, sale)}${excess}`;
  });
  const prose = bulletList(
    `${sku} has ${count(total, 'unit')}. At ${timeOfDay(atNs, sale)}, ${count(held.length, 'reservation')} ` +
      `of ${count(units, 'unit')} had been acknowledged, and none of them had been cancelled or could have lapsed. ` +
      `The last of them, counted as they were acknowledged:`,
    lines,
  );
  return invalid(summary, prose + tellLater(peak.units, total), reservesOf(shown));
}

/** The last units up to the total and the first beyond it; more would not make it clearer. */
const SHOWN_HELD = 5;

function tellTold({ reserve, toldAtNs }: Hold, sale: SaleFacts, other?: Hold): string {
  const again =
    other !== undefined && other.reserve.buyer === reserve.buyer
      ? `${buyerOf(reserve)}, the same, was told again`
      : `${buyerOf(reserve)} was told`;
  return `${again} at ${timeOfDay(toldAtNs, sale)}${tellWhere(reserve)}`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const theFirst = (first: Hold, second: Hold): string =>
  first.reserve.buyer === undefined || first.reserve.buyer === second.reserve.buyer
    ? 'the first'
    : `buyer ${shortId(first.reserve.buyer)}`;

const tellLater = (units: number, total: number): string =>
  units > total + 1 ? `\nAt the worst moment ${count(units, 'unit')} were held at once.` : '';

const reservesOf = (held: Interval[]): Operation[] => held.map(({ hold }) => hold.reserve);

const invalid = (summary: string, prose: string, operations: Operation[]): Finding => ({
  status: 'invalid',
  summary,
  witness: { prose, operations: witnessOperations(operations) },
});

function oversoldAtRest(
  sku: string,
  total: number,
  ledger: LedgerIndex | undefined,
  holds: Hold[],
  sale: SaleFacts,
): Finding | undefined {
  const taken = (ledger?.reservations ?? []).filter((row) => row.skuId === sku && isTaken(row));
  const units = sumUnits(taken);
  if (units <= total) return undefined;
  const sold = sumUnits(taken.filter(({ status }) => status === 'CONFIRMED'));
  const summary = `${sku} has ${count(total, 'unit')}, and the final ledger has ${sold} sold and ${units - sold} held`;
  const last = holds
    .filter(({ reservation }) => reservation !== undefined && isTaken(reservation))
    .slice(-SHOWN_HELD);
  const prose = bulletList(
    `${sku} has ${count(total, 'unit')}. When the sale was over, ${count(taken.length, 'reservation')} in the ledger ` +
      `were sold (${count(sold, 'unit')}) or still held (${count(units - sold, 'unit')}): ${count(units, 'unit')} together. The last of them:`,
    last.map(
      ({ reserve, reservation }) =>
        `${tellCall(reserve, sale)}; reservation ${shortId(reservation?.reservationId)} is ${reservation?.status}`,
    ),
  );
  return invalid(
    summary,
    prose,
    last.map(({ reserve }) => reserve),
  );
}

function oversoldInReplay(
  sku: string,
  replay: Replay | undefined,
  evidence: Evidence,
): Finding | undefined {
  const place = replay?.steps.findIndex(({ availableAfter }) => availableAfter < 0) ?? -1;
  if (replay === undefined || place < 0) return undefined;
  const { sale } = evidence;
  const { byId } = findHolds(evidence);
  const { total, steps, source } = replay;
  const breaking = steps[place] as (typeof steps)[number];
  const units = total - breaking.availableAfter;
  const whose = source === 'ledger' ? 'the ledger’s own movements' : 'the numbers in the answers';
  const summary = `${sku} has ${count(total, 'unit')}; after movement ${breaking.sequence}, ${whose} have ${units} taken`;

  const shown = steps.slice(Math.max(0, place - SHOWN_HELD + 1), place + 1);
  const prose = bulletList(
    `${sku} has ${count(total, 'unit')}. Played in the order of ${whose}, ${count(units, 'unit')} were taken after movement ${breaking.sequence}:`,
    shown.map(({ sequence, kind, quantity, hold, availableAfter }) => {
      const call = hold === undefined ? undefined : byId.get(hold)?.reserve;
      const asked = call ? `: ${tellCall(call, sale)}` : '';
      return `movement ${sequence}, ${kind} ${quantity}, leaves ${availableAfter}${asked}`;
    }),
  );
  const operations = shown.flatMap(({ hold }) =>
    hold === undefined ? [] : (byId.get(hold)?.reserve ?? []),
  );
  return invalid(summary, prose, operations);
}

function oversoldAtWorst(
  sku: string,
  total: number,
  holds: Hold[],
  sale: SaleFacts,
): Finding | undefined {
  const crossing = findCrossing(
    holds.flatMap((hold) => atWorst(hold, sale) ?? []),
    total,
  );
  if (crossing === undefined) return undefined;
  const doubtful = crossing.held.flatMap(({ hold }) => [
    ...(hold.made === 'unsettled' ? [hold.reserve] : []),
    ...(hold.confirmed === 'maybe' ? hold.confirms : []),
    ...(hold.released === 'maybe' ? hold.releases : []),
  ]);
  const shown = doubtful.slice(0, WITNESS_OPERATIONS_MAX);
  const more = doubtful.length > shown.length ? `, of which the first ${shown.length}` : '';
  return {
    status: 'unknown',
    summary: `${count(doubtful.length, 'call')} without an answer may have made it ${crossing.units} of ${count(total, 'unit')} of ${sku}`,
    witness: {
      prose: bulletList(
        `${sku} has ${count(total, 'unit')}. If every call nobody can settle took its units, ${crossing.units} were held at ` +
          `${timeOfDay(crossing.atNs, sale)}. The final ledger, with call ids, would settle ${count(doubtful.length, 'call')}${more}:`,
        shown.map((operation) => tellCall(operation, sale)),
      ),
      operations: witnessOperations(shown),
    },
  };
}
