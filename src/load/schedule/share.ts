/** A worker's part of a run: of the things numbered from 0, every `of`-th, beginning with number `index`. */
export interface Share {
  index: number;
  of: number;
  /** The number of processes that run the whole together; the workers of one are every `processes`-th. Absent: one. */
  processes?: number;
}

/** The share of a thread that runs everything. */
export const WHOLE: Share = { index: 0, of: 1 };

/** The share that a process has of a load which several of them fire together. */
export const shareOfProcess = (index: number, of: number): Share => ({ index, of, processes: of });

/** The part of a process' share that one of its workers runs. The parts of all its workers make up the share. */
export const shareOfWorker = (
  { index, of, processes = 1 }: Share,
  worker: number,
  workers: number,
): Share => ({ index: index + worker * of, of: of * workers, processes });

/** The number of workers of the same process that take part where only the first `most` workers of all do. */
export const workersBeside = ({ index, of, processes = 1 }: Share, most: number): number =>
  partOf(Math.min(of, most), { index: index % processes, of: processes });

/** The number of things that belong to a share, of `count` in all. The parts of all shares add up to `count`. */
export const partOf = (count: number, { index, of }: Share): number =>
  Math.max(0, Math.ceil((count - index) / of));

/** The number, in the whole, of the n-th thing (from 0) of a share. */
export const numberOf = (n: number, { index, of }: Share): number => index + n * of;

/** A worker's share of something that only the first `most` workers take part in; undefined for the other workers. */
export function shareWithin(share: Share, most: number): Share | undefined {
  const of = Math.min(share.of, most);
  return share.index < of ? { ...share, of } : undefined;
}
