import type { Operation } from '../../../history/operation.ts';
import type { Witness } from '../../checker.ts';

/** Something that a buyer was shown and that cannot have been so. */
export interface Wrong {
  /** One sentence without its full stop. */
  summary: string;
  witness: Witness;
}

/** The counts of a stock read. */
export type Counts = Pick<NonNullable<Operation['observed']>, 'available' | 'reserved' | 'sold'>;

/** Writes the counts that a read has: `3 available, 0 sold`. */
export function describeCounts(counts: Counts): string {
  const parts = (['available', 'reserved', 'sold'] as const).flatMap((column) =>
    counts[column] === undefined ? [] : [`${counts[column]} ${column}`],
  );
  return parts.join(', ');
}

/** True for a call whose answer shows counts of the stock. */
export const isStockRead = ({ observed }: Operation): boolean =>
  (observed?.available ?? observed?.reserved ?? observed?.sold) !== undefined;
