import type { SaleFacts } from '../../../history/operation.ts';
import { usOf } from '../../../history/row-in-columns.ts';
import { groupBy } from '../../../kernel/group-by.ts';
import { count, skuName } from '../../../kernel/wording.ts';
import type { LedgerBucket } from '../../../protocol/ledger.ts';
import type { LedgerIndex } from '../../reading/ledger-index.ts';
import { mayBeOfOthers } from '../../reading/other-people.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Finds buckets whose counts are not those of the stored tracks, or not the sum of the smaller buckets in them. */
export const wrongCounts = (ledger: LedgerIndex, sale: SaleFacts): string[] => [
  ...ledger.buckets.flatMap(wrongBucket),
  // There are a few types, and there may be a hundred thousand SKUs.
  ...[...groupBy(ledger.buckets, ({ type }) => type).values()].flatMap((ofType) =>
    [...groupBy(ofType, ({ skuId }) => skuId).values()].flatMap((buckets) => [
      ...wrongSums(buckets, 'minute', 'hour', HOUR_MS),
      ...wrongSums(buckets, 'hour', 'day', DAY_MS),
    ]),
  ),
  ...unlistedTracks(ledger, sale),
];

const COUNTS = [
  ['records', 'storedRecords'],
  ['events', 'storedEvents'],
  ['units', 'storedUnits'],
] as const;

function wrongBucket(bucket: LedgerBucket): string[] {
  const differs = COUNTS.find(
    ([counted, stored]) => (bucket[stored] ?? bucket[counted]) !== bucket[counted],
  );
  if (differs === undefined) return [];
  const [counted, stored] = differs;
  const { type, skuId, size, at } = bucket;
  return [
    `${type} of ${skuName(skuId)} has ${bucket[counted]} ${counted} in the ${size} of ${at}, and the stored ones are ${bucket[stored]}`,
  ];
}

/** Compares the buckets of one size with the sums of those of the next smaller size. All are of one type and SKU. */
function wrongSums(
  buckets: LedgerBucket[],
  smaller: LedgerBucket['size'],
  size: LedgerBucket['size'],
  sizeMs: number,
): string[] {
  const wholes = new Map<number, Totals>();
  const sums = new Map<number, Totals>();
  for (const bucket of buckets) {
    if (bucket.size !== size && bucket.size !== smaller) continue;
    const atMs = Math.floor(usOf(bucket, 'at') / 1_000);
    if (bucket.size === size) addTo(wholes, atMs, bucket);
    else addTo(sums, Math.floor(atMs / sizeMs) * sizeMs, bucket);
  }
  return [...new Set([...wholes.keys(), ...sums.keys()])].flatMap((atMs) => {
    const [whole, sum] = [wholes.get(atMs) ?? NOTHING, sums.get(atMs) ?? NOTHING];
    const differs = COUNTS.find(([counted]) => whole[counted] !== sum[counted])?.[0];
    if (differs === undefined) return [];
    const [{ type, skuId }] = buckets as [LedgerBucket];
    return [
      `${type} of ${skuName(skuId)} has ${whole[differs]} ${differs} in the ${size} of ${new Date(atMs).toISOString()}, and ${sum[differs]} in its ${smaller}s`,
    ];
  });
}

type Totals = Pick<LedgerBucket, 'records' | 'events' | 'units'>;

const NOTHING: Totals = { records: 0, events: 0, units: 0 };

/** Adds the counts of a bucket to those of a moment. */
function addTo(
  totals: Map<number, Totals>,
  atMs: number,
  { records, events, units }: Totals,
): void {
  const before = totals.get(atMs) ?? NOTHING;
  totals.set(atMs, {
    records: before.records + records,
    events: before.events + events,
    units: before.units + units,
  });
}

/**
 * Compares what the calls stored about each SKU with what is stored in all. Tracks of others need not name a call, but nobody else
 * knows a SKU that was made for the run.
 */
function unlistedTracks({ tracks, buckets }: LedgerIndex, sale: SaleFacts): string[] {
  const tracksOf = groupBy(tracks, ({ skuId }) => skuId);
  const daysOf = groupBy(buckets, ({ skuId, size }) => (size === 'day' ? skuId : undefined));
  return sale.skus.flatMap(({ skuId }) => {
    const listed = (tracksOf.get(skuId) ?? []).reduce((sum, { records }) => sum + records, 0);
    const counted = (daysOf.get(skuId) ?? []).reduce(
      (sum, { storedRecords }) => sum + (storedRecords ?? 0),
      0,
    );
    if (mayBeOfOthers(skuId, sale) ? listed <= counted : listed === counted) return [];
    return [
      `calls stored ${count(listed, 'event')} about ${skuName(skuId)}, and its days have ${counted}`,
    ];
  });
}
