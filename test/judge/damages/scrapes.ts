import type { Evidence } from '../../../src/checkers/evidence.ts';
import { type Damage, middleOf } from './damage.ts';

/** The damages of each series of the server's metrics: from one scrape of an instance on, three more or three less. */
export function damagesOfScrapes({ scrapes = [] }: Evidence): Damage[] {
  const names = new Set(
    scrapes.flatMap(({ samples }) =>
      samples
        .filter(({ name, value }) => name.startsWith('flashsale_') && value >= 3)
        .map(({ name, labels }) => seriesOf(name, labels)),
    ),
  );
  return [...names].flatMap((series) => {
    const places = [...scrapes.keys()].filter((place) =>
      scrapes[place]?.samples.some(
        ({ name, labels, value }) => seriesOf(name, labels) === series && value >= 3,
      ),
    );
    const from = middleOf(places);
    const instance = scrapes[from]?.instance;
    const add = (copy: Evidence, by: number) => {
      for (const [place, scrape] of (copy.scrapes ?? []).entries()) {
        if (place < from || scrape.instance !== instance) continue;
        for (const sample of scrape.samples) {
          if (seriesOf(sample.name, sample.labels) === series) sample.value += by;
        }
      }
    };
    return [
      { name: `${series}: three more`, apply: (copy: Evidence) => add(copy, 3) },
      { name: `${series}: three less`, apply: (copy: Evidence) => add(copy, -3) },
    ];
  });
}

const seriesOf = (name: string, labels: Record<string, string>): string =>
  `${name}{${Object.values(labels).join(' ')}}`;
