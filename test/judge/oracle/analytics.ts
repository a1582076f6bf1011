import { emptyLedger, type LedgerSnapshot } from '../../../src/history/ledger-snapshot.ts';
import type { Operation } from '../../../src/history/operation.ts';
import type { Call } from './calls.ts';
import type { Effect, Moment, Step } from './moment.ts';

/** The status of the answer to a call whose events are all new. One that repeats what is stored is answered 200. */
export const ALL_NEW = 202;

/** Stores the events of a call. One that was told of a repetition has stored nothing. */
export function store({ world, nowMs, waived }: Moment, { operation }: Call): Effect[] {
  const { id, outcome, status } = operation;
  if (outcome === 'ok' && status !== ALL_NEW && !waived('track')) return [];
  const step: Step = { atMs: nowMs, event: 'tracked', call: id };
  return [{ world, step, isComplete: true }];
}

/** False for a call that was told that all of its events are new. */
export const mayRepeat = ({ kind, status }: Operation): boolean =>
  kind !== 'track' || status !== ALL_NEW;

/** Sizes of buckets, with the length of their part of a time in ISO text, and the rest of it. */
const SIZES = [
  ['minute', 16, ':00.000Z'],
  ['hour', 13, ':00:00.000Z'],
  ['day', 10, 'T00:00:00.000Z'],
] as const;

type Bucket = LedgerSnapshot['buckets'][number];

/** The events that are stored after some steps, and their counts. All of them are of one type. */
export function analyticsOf(
  operations: readonly Operation[],
  steps: readonly Step[],
  timeOf: (ms: number) => string,
): Pick<LedgerSnapshot, 'tracks' | 'buckets'> {
  const { tracks } = emptyLedger();
  const buckets = new Map<string, Bucket>();
  for (const { event, call, atMs } of steps) {
    const told = operations.find(({ id }) => id === call);
    if (event !== 'tracked' || told?.sku === undefined) continue;
    const { sku: skuId, callId = '', buyer = null, quantity: records } = told;
    tracks.push({ row: 'track', skuId, callId, userId: buyer, records, callRecords: records });
    for (const [size, length, rest] of SIZES) {
      const at = timeOf(atMs).slice(0, length) + rest;
      const name = `${skuId} ${size} ${at}`;
      const sum = records + (buckets.get(name)?.records ?? 0);
      buckets.set(name, {
        ...{ row: 'bucket', skuId, type: 'product.viewed', size, at },
        ...{ records: sum, events: sum, units: sum },
        ...{ storedRecords: sum, storedEvents: sum, storedUnits: sum },
      });
    }
  }
  return { tracks, buckets: [...buckets.values()] };
}
