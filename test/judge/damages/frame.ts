import type { Evidence } from '../../../src/checkers/evidence.ts';
import { type Damage, middleOf } from './damage.ts';
import { otherValues } from './values.ts';

/** Facts of a sale that allow more, or less, than was allowed. */
const LIMITS = ['unitsPerBuyerMax', 'holdTtlMs'] as const;

/** The damages of what stands around calls and rows: the facts of the sale, how the books were read, the scrapes as a whole. */
export const damagesOfFrame = (evidence: Evidence): Damage[] => [
  ...damagesOfSkus(evidence),
  ...LIMITS.flatMap((limit) =>
    otherValues(limit, evidence.sale[limit], []).map(({ value, word }) => ({
      name: `sale.${limit}: ${word}`,
      apply: ({ sale }: Evidence) => void Object.assign(sale, { [limit]: value }),
    })),
  ),
  ...damagesOfBooks(evidence),
  ...damagesOfRecording(evidence),
];

function damagesOfSkus({ sale }: Evidence): Damage[] {
  const place = Math.floor(sale.skus.length / 2);
  const facts = Object.entries(sale.skus[place] ?? {});
  return facts.flatMap(([fact, was]) =>
    otherValues(fact, was, []).map(({ value, word }) => ({
      name: `sale.skus.${fact}: ${word}`,
      apply: (copy: Evidence) => void Object.assign(copy.sale.skus[place] ?? {}, { [fact]: value }),
    })),
  );
}

function damagesOfBooks({ books = [] }: Evidence): Damage[] {
  const place = Math.floor(books.length / 2);
  const readingIn = (copy: Evidence): object => copy.books?.[place] ?? {};
  const kinds = Object.keys(middleOf(books)?.counts ?? {}) as ['order'];
  return [
    { name: 'books: not read', apply: ({ books: of }) => void of?.splice(place, 1) },
    { name: 'books: read twice', apply: ({ books: of }) => void of?.push(middleOf(books)) },
    {
      name: 'books: cut',
      apply: (copy) => void Object.assign(readingIn(copy), { counts: undefined }),
    },
    {
      name: 'books: read early',
      apply: (copy) => void Object.assign(readingIn(copy), { fromNs: 0 }),
    },
    ...kinds.map((kind) => ({
      name: `books.counts.${kind}: more`,
      apply(copy: Evidence) {
        const counts = copy.books?.[place]?.counts ?? {};
        counts[kind] = (counts[kind] ?? 0) + 1;
      },
    })),
  ];
}

function damagesOfRecording({ scrapes = [] }: Evidence): Damage[] {
  const instance = scrapes[0]?.instance;
  return [
    { name: 'generator: missing', apply: (copy) => void delete copy.generator },
    { name: 'history: cut off', apply: (copy) => void Object.assign(copy, { truncated: true }) },
    { name: 'scrapes: missing', apply: (copy) => void delete copy.scrapes },
    {
      name: 'scrapes: the middle one missing',
      apply: ({ scrapes: of = [] }) => void of.splice(of.length / 2, 1),
    },
    {
      name: 'scrapes: none of one instance',
      apply(copy) {
        copy.scrapes = scrapes.filter((scrape) => scrape.instance !== instance);
        copy.scrapesRecorded = copy.scrapes.length;
      },
    },
    {
      name: 'scrapes: none at the end',
      apply(copy) {
        copy.scrapes = scrapes.slice(0, scrapes.length / 2);
        copy.scrapesRecorded = copy.scrapes.length;
      },
    },
  ];
}
