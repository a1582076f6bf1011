import { UserError } from '../../../kernel/errors.ts';
import type { Fields } from '../../../target/file/schema.ts';
import { fillText } from '../../../target/file/template.ts';
import type { ShopMeans } from '../shop-means.ts';
import { lookUp } from '../steps/lookup.ts';
import { type PlacedStep, performSteps, placeSteps } from '../steps/step.ts';
import { readBuyerRows } from './buyer-rows.ts';
import { forEachAtOnce } from './for-each-at-once.ts';
import { createSigner } from './sign-token.ts';

/** Told after each buyer who is ready. */
export type OnProgress = (ready: number) => void;

/**
 * Makes the buyers of a run as the target file says: their rows or made-up fields, then `steps` for each, many of them side by
 * side, and a token that is signed here. Each has the field `id`. `run` is a word that no other run has.
 *
 * @throws UserError when there are too few rows, or a step fails
 */
export async function makeBuyers(
  count: number,
  run: string,
  means: ShopMeans,
  onProgress: OnProgress,
): Promise<Fields[]> {
  const { buyers } = means.file;
  const rows = await readBuyerRows(count, means);
  const steps = placeSteps(buyers.steps, 'buyers.steps');
  const sign = createSigner(means);
  return forEachAtOnce(
    Array.from({ length: count }, (_, place) => place),
    { atOnce: steps.length === 0 ? 1 : buyers.atOnce, onProgress },
    async (place) => {
      const n = place + 1;
      const made = madeUpFields({ n, run }, rows?.[place], means);
      return sign(withoutNumber(await performSteps(steps, { n, run, ...made }, means)));
    },
  );
}

/**
 * Makes buyers of an earlier run ready again: their steps are done once more for new tokens. A step such as a registration
 * may fail now, because it was done before; the last one must not.
 */
export async function refreshBuyers(
  known: Fields[],
  run: string,
  means: ShopMeans,
  onProgress: OnProgress,
): Promise<Fields[]> {
  const { buyers } = means.file;
  const steps = placeSteps(buyers.steps, 'buyers.steps');
  return forEachAtOnce(known, { atOnce: buyers.atOnce, onProgress }, async (buyer, place) =>
    withoutNumber(await performWhatWorks(steps, { n: place + 1, run, ...buyer }, means)),
  );
}

/** Signs tokens for buyers, if the target file says so. */
export function signForAll(buyers: Fields[], means: ShopMeans): Fields[] {
  const sign = createSigner(means);
  return buyers.map(sign);
}

async function performWhatWorks(
  steps: PlacedStep[],
  given: Fields,
  means: ShopMeans,
): Promise<Fields> {
  let fields = given;
  for (const [place, step] of steps.entries()) {
    try {
      fields = await performSteps([step], fields, means);
    } catch (error) {
      if (place === steps.length - 1 || means.signal.aborted) throw error;
    }
  }
  return fields;
}

/** Fields of a row win over made-up ones of the same name. */
function madeUpFields(
  own: { n: number; run: string },
  row: Fields | undefined,
  { file, secrets }: ShopMeans,
): Fields {
  const fields: Fields = { ...row };
  for (const [name, template] of Object.entries(file.buyers.fields)) {
    if (fields[name] !== undefined) continue;
    fields[name] = fillText(
      template,
      lookUp({ ...own, ...fields }, secrets, `buyers.fields.${name}`),
    );
  }
  if (row !== undefined && row.id === undefined && file.buyers.fields.id === MADE_UP_ID) {
    throw UserError.usage(`row ${own.n} of the buyers has no id`, {
      why: `it has: ${Object.keys(row).join(', ')}`,
      next: 'name its column under buyers, as: fields: { id: "{email}" }',
    });
  }
  return fields;
}

/** The default of `buyers.fields.id`. */
const MADE_UP_ID = 'buyer-{n}';

function withoutNumber({ n: _, run: __, ...fields }: Fields): Fields {
  return fields;
}
