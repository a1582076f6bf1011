/**
 * The place of the first row with a number; undefined if there is none. In a ledger without gaps that is the number less one;
 * else it is searched for.
 *
 * @param rows ascending by sequence
 */
export function placeOfNumber(
  rows: readonly { sequence: number }[],
  sequence: number,
): number | undefined {
  const isAt = (place: number): boolean => rows[place]?.sequence === sequence;
  if (isAt(sequence - 1) && !isAt(sequence - 2)) return sequence - 1;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] as { sequence: number }).sequence < sequence) low = middle + 1;
    else high = middle;
  }
  return isAt(low) ? low : undefined;
}
