/**
 * The value below which Student's distribution lies with a probability.
 *
 * @param share above 0.5 and below 1
 * @param freedom degrees of freedom, a whole number of at least 1
 */
export function studentQuantile(share: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (shareBelow(high, freedom) < share) high *= 2;
  for (let turn = 0; turn < BISECTIONS; turn++) {
    const middle = (low + high) / 2;
    if (shareBelow(middle, freedom) < share) low = middle;
    else high = middle;
  }
  return high;
}

const BISECTIONS = 60;

/**
 * The probability that Student's distribution lies below a value, by the finite series in cosines for whole degrees of freedom
 * (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4).
 */
function shareBelow(value: number, freedom: number): number {
  const angle = Math.atan(value / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= freedom - 2; power += 2) {
    term *= ((power - 1) / power) * cosine ** 2;
    sum += term;
  }
  const between = isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  return (1 + between) / 2;
}
