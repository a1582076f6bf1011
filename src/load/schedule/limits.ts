/**
 * The most VUs of a scenario. A VU takes 20 to 100 kB of memory, so that more of them do not fit into a process, and a
 * number that was mistyped ends here and not in an exhausted machine.
 */
export const VUS_MAX = 100_000;

export const TOO_MANY_VUS = `at most ${VUS_MAX.toLocaleString('en')} VUs fit into a process; share them among machines`;

const RATE_PER_SECOND_MAX = 1_000_000;

/** @throws Error for a rate that no generator begins iterations at */
export function assertRate(perMs: number): void {
  if (perMs * 1_000 <= RATE_PER_SECOND_MAX) return;
  const [asked, most] = [perMs * 1_000, RATE_PER_SECOND_MAX].map((rate) =>
    rate.toLocaleString('en'),
  );
  throw new Error(`${asked} iterations per second are asked for; the most is ${most}`);
}
