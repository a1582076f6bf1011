import type { SaleFacts } from '../../../history/operation.ts';
import { bulletList, count, shortId } from '../../../kernel/wording.ts';
import type { Evidence } from '../../evidence.ts';
import { describeCall } from '../../prose.ts';
import type { Hold } from '../../reading/hold.ts';
import { findHolds } from '../../reading/holds.ts';
import { isTaken, type LedgerIndex, sumUnits } from '../../reading/ledger-index.ts';
import type { Replay } from '../../reading/replay.ts';
import { type Oversold, oversold, SHOWN_HELD } from './oversold.ts';

/** Finds more units in the reservations of the final ledger than exist. */
export function oversoldAtRest(
  sku: string,
  total: number,
  ledger: LedgerIndex | undefined,
  holds: Hold[],
  sale: SaleFacts,
): Oversold | undefined {
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
        `${describeCall(reserve, sale)}; reservation ${shortId(reservation?.reservationId)} is ${reservation?.status}`,
    ),
  );
  return oversold(
    summary,
    prose,
    last.map(({ reserve }) => reserve),
  );
}

/** Finds a movement after which more units were taken than exist. */
export function oversoldInReplay(
  sku: string,
  replay: Replay | undefined,
  evidence: Evidence,
): Oversold | undefined {
  if (replay === undefined) return undefined;
  const { total, steps, source } = replay;
  const place = steps.findIndex(({ availableAfter }) => availableAfter < 0);
  if (place < 0) return undefined;
  const { sale } = evidence;
  const { byId } = findHolds(evidence);
  const breaking = steps[place] as (typeof steps)[number];
  const units = total - breaking.availableAfter;
  const whose = source === 'ledger' ? 'the ledger’s own movements' : 'the numbers in the answers';
  const summary = `${sku} has ${count(total, 'unit')}; after movement ${breaking.sequence}, ${whose} have ${units} taken`;

  const shown = steps.slice(Math.max(0, place - SHOWN_HELD + 1), place + 1);
  const prose = bulletList(
    `${sku} has ${count(total, 'unit')}. Played in the order of ${whose}, ${count(units, 'unit')} were taken after movement ${breaking.sequence}:`,
    shown.map(({ sequence, kind, quantity, hold, availableAfter }) => {
      const call = hold === undefined ? undefined : byId.get(hold)?.reserve;
      const asked = call ? `: ${describeCall(call, sale)}` : '';
      return `movement ${sequence}, ${kind} ${quantity}, leaves ${availableAfter}${asked}`;
    }),
  );
  const operations = shown.flatMap(({ hold }) =>
    hold === undefined ? [] : (byId.get(hold)?.reserve ?? []),
  );
  return oversold(summary, prose, operations);
}
