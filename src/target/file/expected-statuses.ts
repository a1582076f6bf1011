import type { Conditions, Request } from '../../../scenarios/lib/description.ts';

/** The statuses that answers may have for which these conditions hold; the rest counts as failed. */
export function expectedStatuses(conditions: Conditions[]): Request['expected'] {
  const statuses = new Map<string, Request['expected'][number]>();
  for (const { status } of conditions) {
    // A condition on the body alone is met by any answer of the shop, but not by its faults.
    const wanted = status === undefined ? ['2xx', '3xx', '4xx'] : [status].flat();
    for (const each of wanted) statuses.set(String(each), rangeOf(String(each)));
  }
  return [...statuses.values()];
}

function rangeOf(status: string): Request['expected'][number] {
  if (!status.endsWith('xx')) return Number(status);
  const min = Number(status[0]) * 100;
  return { min, max: min + 99 };
}
