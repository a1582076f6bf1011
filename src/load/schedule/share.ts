/** A worker's part of a run: of the things numbered from 0, every `of`-th, beginning with number `index`. */
export interface Share {
  index: number;
  of: number;
}

/** The share of a thread that runs everything. */
export const WHOLE: Share = { index: 0, of: 1 };

/** The number of things that belong to a share, of `count` in all. The parts of all shares add up to `count`. */
export const partOf = (count: number, { index, of }: Share): number =>
  Math.max(0, Math.ceil((count - index) / of));

/** The number, in the whole, of the n-th thing (from 0) of a share. */
export const numberOf = (n: number, { index, of }: Share): number => index + n * of;

/** A worker's share of something that only the first `most` workers take part in; undefined for the other workers. */
export function shareWithin(share: Share, most: number): Share | undefined {
  const of = Math.min(share.of, most);
  return share.index < of ? { index: share.index, of } : undefined;
}
