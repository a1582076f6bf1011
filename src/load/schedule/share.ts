/** A worker's part of a run: of everything that has a number from 0, every `of`-th, beginning with `index`. */
export interface Share {
  index: number;
  of: number;
}

/** All of it, in one thread. */
export const WHOLE: Share = { index: 0, of: 1 };

/** How many of so many numbers fall to a share. The parts of all shares add up to `count`. */
export const partOf = (count: number, { index, of }: Share): number =>
  Math.max(0, Math.ceil((count - index) / of));

/** The number, in the whole, of a share's n-th. */
export const numberOf = (n: number, { index, of }: Share): number => index + n * of;

/** The share a worker has in something that at most `most` can take part in; undefined when it is not among them. */
export function shareWithin(share: Share, most: number): Share | undefined {
  const of = Math.min(share.of, most);
  return share.index < of ? { index: share.index, of } : undefined;
}
