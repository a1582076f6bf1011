/** Counts the ascending times that are not after `atNs`. */
export function countUpTo(ascending: Float64Array, atNs: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) <= atNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
