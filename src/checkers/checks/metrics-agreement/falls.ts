import type { InstanceCounters } from '../../../metrics/counters.ts';
import type { Evidence } from '../../evidence.ts';
import { timeOfDay } from '../../prose.ts';
import type { Disagreement } from './instance.ts';

/** Finds a counter that fell although its process went on. */
export function againstFalls(
  instances: InstanceCounters[],
  { sale }: Evidence,
): Disagreement | undefined {
  const fall = instances.flatMap(({ falls }) => falls)[0];
  if (fall === undefined) return undefined;
  const { name, labels, before, after, scrape } = fall;
  const texts = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
  const at = timeOfDay(scrape.endedAtNs, sale);
  return {
    summary: `${name}{${texts.join(',')}} of ${scrape.instance} fell from ${before} to ${after} at ${at}, and its process was not restarted`,
    witness: {
      prose: `A counter only rises while its process lives. At ${at}, ${scrape.instance} showed ${after} where its scrape before had shown ${before}, and the start of its process had not changed. Rates and increases over this counter are wrong from then on.`,
      operations: [],
    },
  };
}
