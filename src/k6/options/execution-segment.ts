import { type Share, shareOfProcess } from '../../load/schedule/share.ts';

/**
 * The share of a process by k6's options for a load that several processes fire: the segment `1/3:2/3` of a whole that is cut
 * at `0,1/3,2/3,1`. Here all parts are of one size, as k6's operator cuts them.
 *
 * @returns undefined where nothing is said
 * @throws Error that says what is wrong
 */
export function readSegment(
  segment: string | undefined,
  sequence: string | undefined,
): Share | undefined {
  if (!segment) {
    if (!sequence) return undefined;
    throw new Error('is of no use without an execution segment');
  }
  const bounds = segment.split(':');
  const [from, to] = (bounds.length === 1 ? ['0', ...bounds] : bounds).map(readPoint);
  if (from === undefined || to === undefined || bounds.length > 2 || !isAscending([from, to])) {
    throw new Error(`"${segment}" is no part of the whole, as 1/3:2/3 or 0:25% are`);
  }
  const share = shareBetween(from, to);
  if (share === undefined) {
    throw new Error(
      `"${segment}" is not one of several parts of one size, as 1/3:2/3 is the second of three`,
    );
  }
  if (sequence) assertEqualParts(sequence, share.of);
  return share;
}

function assertEqualParts(sequence: string, of: number): void {
  const points = sequence.split(',').map((text) => readPoint(text.trim()));
  const isEqual =
    points.length === of + 1 &&
    points.every((point, place) => point !== undefined && point.over * of === place * point.under);
  if (isEqual) return;
  throw new Error(
    `"${sequence}" does not cut the whole into ${of} parts of one size, as 0,1/3,2/3,1 into three`,
  );
}

/** A number from 0 to 1 as the ratio of two whole numbers. */
interface Point {
  over: number;
  under: number;
}

/** Reads `1/3`, `0.25` or `25%`. */
function readPoint(text: string): Point | undefined {
  const [, over, under] = /^(\d{1,6})(?:\/([1-9]\d{0,5}))?$/.exec(text) ?? [];
  if (over !== undefined) return within({ over: Number(over), under: Number(under ?? 1) });
  const [, whole, decimals = '', percent] = /^(\d{0,3})(?:\.(\d{1,5}))?(%)?$/.exec(text) ?? [];
  if (whole === undefined || whole + decimals === '') return undefined;
  return within({
    over: Number(whole + decimals),
    under: 10 ** decimals.length * (percent ? 100 : 1),
  });
}

const within = (point: Point): Point | undefined => (point.over <= point.under ? point : undefined);

const isAscending = ([a, b]: [Point, Point]): boolean => a.over * b.under < b.over * a.under;

function shareBetween(from: Point, to: Point): Share | undefined {
  // The size of the part is (to − from), whose denominator is the product of both.
  const size = to.over * from.under - from.over * to.under;
  const of = (from.under * to.under) / size;
  const index = (from.over * of) / from.under;
  return Number.isInteger(of) && Number.isInteger(index) ? shareOfProcess(index, of) : undefined;
}
