import type { Operation } from '../../../history/operation.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { count, shortId, skuName } from '../../../kernel/wording.ts';
import type { LedgerTrack } from '../../../protocol/ledger.ts';
import type { Evidence } from '../../evidence.ts';
import { describeCall } from '../../prose.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import { mayBeOfOthers, mayHaveOlderRows } from '../../reading/other-people.ts';

/** Something wrong about the stored tracks, and the calls that it is about. */
export interface WrongTracks {
  /** A sentence without its full stop. */
  what: string;
  calls: Operation[];
}

/** The answer to a call of which nothing was stored before. One that repeats what is stored is answered 200. */
const ALL_NEW = 202;

/**
 * Compares the stored tracks with the calls that told of them. Calls that repeat a key have the same tracks, which are stored
 * once, by one of them. A call without a key may repeat tracks of others, so only what it was told counts.
 */
export function wrongTracks(
  told: Operation[],
  { tracks }: LedgerIndex,
  evidence: Evidence,
): WrongTracks[] {
  const rowsOf = groupBy(tracks, ({ callId }) => callId);
  const storedBy = ({ callId }: Operation): number =>
    (rowsOf.get(callId ?? '') ?? []).reduce((most, row) => Math.max(most, row.callRecords), 0);
  const wrong: WrongTracks[] = [];
  const onSale = new Set<string | undefined>(evidence.sale.skus.map(({ skuId }) => skuId));
  for (const call of told) {
    const rows = rowsOf.get(call.callId ?? '') ?? [];
    // Nobody knows which tracks a call without an id has stored.
    const isKnown = onSale.has(call.sku) && call.callId !== undefined;
    const fault = wrongRows(call, rows) ?? (isKnown ? wrongAlone(call, storedBy(call)) : undefined);
    if (fault !== undefined) {
      wrong.push({ what: `${describeCall(call, evidence.sale)}, but ${fault}`, calls: [call] });
    }
  }
  for (const calls of groupBy(told, keyOf).values()) {
    const [first] = calls as [Operation];
    if (!onSale.has(first.sku) || calls.some(({ callId }) => callId === undefined)) continue;
    const stored = calls.reduce((sum, call) => sum + storedBy(call), 0);
    const mayBeOlder = mayHaveOlderRows(first.sku ?? '', evidence.sale);
    const fault = wrongTogether(calls, stored, mayBeOlder);
    if (fault === undefined) continue;
    const what = `${count(calls.length, 'call')} told the analytics of the same ${count(first.quantity, 'event')} with the key ${shortId(first.idempotencyKey)}, and ${fault}`;
    wrong.push({ what, calls });
  }
  return [...wrong, ...toldByNobody(told, tracks, evidence)];
}

const keyOf = ({ idempotencyKey, buyer }: Operation): string | undefined =>
  idempotencyKey === undefined ? undefined : `${idempotencyKey} ${buyer}`;

/** The fault of the rows that a call stored, as the rest of a sentence. */
function wrongRows({ buyer, sku, quantity }: Operation, rows: LedgerTrack[]): string | undefined {
  const stranger = rows.find(
    ({ userId }) => userId !== null && buyer !== undefined && userId !== buyer,
  );
  if (stranger !== undefined)
    return `its events are stored for buyer ${shortId(stranger.userId ?? undefined)}`;
  const [row] = rows;
  // The SKU of a call is that of its first event, which is among the stored ones if all are.
  const isElsewhere = row?.callRecords === quantity && rows.every(({ skuId }) => skuId !== sku);
  return isElsewhere && sku !== undefined
    ? `its events are stored about ${skuName(row.skuId)}`
    : undefined;
}

/** The fault of a call by itself, as the rest of a sentence. */
function wrongAlone({ outcome, status, quantity }: Operation, stored: number): string | undefined {
  if (outcome === 'fail' && stored > 0)
    return `${count(stored, 'event')} of it ${stored === 1 ? 'is' : 'are'} stored`;
  if (stored > quantity) return `${count(stored, 'event')} of it are stored`;
  const isLost = outcome === 'ok' && status === ALL_NEW && stored < quantity;
  if (!isLost) return undefined;
  if (stored === 0) return 'none of its events is stored';
  return `only ${stored} of its events ${stored === 1 ? 'is' : 'are'} stored`;
}

/**
 * The fault of calls that have the same tracks, as the rest of a sentence.
 *
 * @param mayBeOlder true when they may repeat tracks that were stored before the run
 */
function wrongTogether(
  calls: Operation[],
  stored: number,
  mayBeOlder: boolean,
): string | undefined {
  const [{ quantity: told }] = calls as [Operation];
  if (stored > told) return `${stored} are stored: some are counted twice`;
  const isAcknowledged = !mayBeOlder && calls.some(({ outcome }) => outcome === 'ok');
  if (stored === told || (stored === 0 && !isAcknowledged)) return undefined;
  return stored === 0
    ? 'none of them is stored, although the answer was yes'
    : `${stored} of them ${stored === 1 ? 'is' : 'are'} stored, neither all nor none`;
}

/** Tracks of calls that nobody made. */
function toldByNobody(told: Operation[], tracks: LedgerTrack[], { sale }: Evidence): WrongTracks[] {
  const known = new Set(told.map(({ callId }) => callId));
  return tracks
    .filter(({ callId, skuId }) => !known.has(callId) && !mayBeOfOthers(skuId, sale))
    .map(({ callId, skuId, records }) => ({
      what: `${count(records, 'event')} about ${skuName(skuId)} are stored of call ${shortId(callId)}, which nobody made`,
      calls: [],
    }));
}
