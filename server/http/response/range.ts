/** A part of a file: its first and its last byte. */
export interface Part {
  first: number;
  last: number;
}

const ONE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * Reads the header `Range` of a request for a file of `size` bytes: the part, `all` where the whole file is the right answer,
 * and `none` where the file has no such part. Several ranges at once are answered with all, as RFC 9110 allows.
 */
export function readRange(header: string | undefined, size: number): Part | 'all' | 'none' {
  const [, from = '', to = ''] = ONE_RANGE.exec(header ?? '') ?? [];
  if (from === '' && to === '') return 'all';
  if (from === '') {
    const last = Number(to);
    return last === 0 || size === 0 ? 'none' : { first: Math.max(0, size - last), last: size - 1 };
  }
  const [first, last] = [Number(from), to === '' ? size - 1 : Math.min(Number(to), size - 1)];
  // A range that ends before it begins is no range, and is as good as absent.
  if (to !== '' && Number(to) < first) return 'all';
  return first < size ? { first, last } : 'none';
}
