import type { SaleFacts } from '../../../history/operation.ts';
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
  ...[...groupBy(ledger.buckets, ({ skuId, type }) => `${type} of ${skuName(skuId)}`)].flatMap(
    ([name, buckets]) => [
      ...wrongSums(name, buckets, 'minute', 'hour', HOUR_MS),
      ...wrongSums(name, buckets, 'hour', 'day', DAY_MS),
    ],
  ),
  ...unlistedTracks(ledger, sale),
];

const COUNTS = [
  ['records', 'storedRecords'],
  ['events', 'storedEvents'],
  ['units', 'storedUnits'],
] as const;

function wrongBucket(bucket: LedgerBucket): string[] {
  const { type, skuId, size, at } = bucket;
  const differs = COUNTS.find(
    ([counted, stored]) => (bucket[stored] ?? bucket[counted]) !== bucket[counted],
  );
  if (differs === undefined) return [];
  const [counted, stored] = differs;
  return [
    `${type} of ${skuName(skuId)} has ${bucket[counted]} ${counted} in the ${size} of ${at}, and the stored ones are ${bucket[stored]}`,
  ];
}

/** Compares the buckets of one size with the sums of those of the next smaller size. */
function wrongSums(
  name: string,
  buckets: LedgerBucket[],
  smaller: LedgerBucket['size'],
  size: LedgerBucket['size'],
  sizeMs: number,
): string[] {
  const beginOf = ({ at }: LedgerBucket): number => Math.floor(Date.parse(at) / sizeMs) * sizeMs;
  const ofSize = groupBy(
    buckets.filter((each) => each.size === size),
    ({ at }) => Date.parse(at),
  );
  const parts = groupBy(
    buckets.filter((each) => each.size === smaller),
    beginOf,
  );
  return [...new Set([...ofSize.keys(), ...parts.keys()])].flatMap((atMs) => {
    const [whole, sum] = [total(ofSize.get(atMs)), total(parts.get(atMs))];
    const differs = COUNTS.find(([counted]) => whole[counted] !== sum[counted])?.[0];
    if (differs === undefined) return [];
    return [
      `${name} has ${whole[differs]} ${differs} in the ${size} of ${new Date(atMs).toISOString()}, and ${sum[differs]} in its ${smaller}s`,
    ];
  });
}

const total = (buckets: LedgerBucket[] = []) => ({
  records: sumOf(buckets, 'records'),
  events: sumOf(buckets, 'events'),
  units: sumOf(buckets, 'units'),
});

const sumOf = (buckets: LedgerBucket[], counted: 'records' | 'events' | 'units'): number =>
  buckets.reduce((sum, bucket) => sum + bucket[counted], 0);

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
