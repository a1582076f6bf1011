import { checkers } from '../../../checkers/checks/registry.ts';
import { type EvidenceKind, NAME_OF_EVIDENCE } from '../../../checkers/gaps.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { rootMessage, UserError } from '../../../kernel/errors.ts';
import { count } from '../../../kernel/wording.ts';
import type { LedgerEntry } from '../../../protocol/ledger.ts';
import { checkVariables } from '../../../target/file/check-variables.ts';
import { describeShop, type ShopDescription } from '../../../target/file/describe-shop.ts';
import { checkProvided } from '../../../target/file/field-check.ts';
import type { Fields, RowsName } from '../../../target/file/schema.ts';
import { ROWS_KINDS } from '../books/entries.ts';
import { promisedRows, readRows } from '../books/read-rows.ts';
import { BOUND_BY_TIME, waitForRest } from '../books/rest.ts';
import { createSqlSession } from '../books/sql-session.ts';
import { assertKnown } from '../buyers/known-buyer.ts';
import { makeBuyers } from '../buyers/make-buyers.ts';
import type { ShopMeans } from '../shop-means.ts';
import { createSkus } from '../skus/create-skus.ts';
import { existingSkus } from '../skus/existing-skus.ts';
import { createRemoval, type Removal } from '../skus/removal.ts';
import { fieldsOfSku, type ShopSku } from '../skus/shop-sku.ts';
import { type WalkedStep, walkOperations } from './walk.ts';

/** The outcome of a target file when one buyer walks through the shop. */
export interface TargetCheck {
  target: string;
  /** True if nothing has to be changed. */
  ok: boolean;
  preparations: Preparation[];
  /** Empty if nothing could be put on sale, or there is no buyer. */
  steps: WalkedStep[];
  rows: CheckedRows[];
  /** The time (ms) after which the shop was at rest, or why it was not; absent if the file only waits. */
  rest?: Fault & { afterMs?: number };
  /** The judge's checks, and the evidence that is missing for those which the file does not allow. */
  checks: { name: string; lacks?: string }[];
}

/** A part of the sale that has to be there before anybody buys: `sale` or `buyers`. */
export interface Preparation extends Fault {
  part: 'sale' | 'buyers';
  /** The SKU or the buyer, in words. */
  made?: string;
}

export interface CheckedRows extends Fault {
  name: RowsName;
  count: number;
  /** The first row, as the judge understands it. */
  first?: LedgerEntry;
}

interface Fault {
  problem?: string;
  next?: string;
}

/** Units that are put on sale, so that the buyer gets one whatever others do. */
const UNITS = 10;

/**
 * Has one buyer walk through everything that a target file describes, and reads its evidence. Leaves behind no more than one
 * order.
 *
 * @throws UserError when the file itself is wrong: a variable that is not set, a placeholder that nothing provides
 */
export async function checkTarget(means: ShopMeans, clock: Clock): Promise<TargetCheck> {
  const { file } = means;
  checkVariables({ ...file, shownUrl: undefined }, means.env);
  const shop = describeShop(file, means.env);
  const run = `check-${clock.nowMs().toString(36)}`;
  const preparations: Preparation[] = [];

  const removal = createRemoval(file.sale?.remove ?? [], means);
  const sku = await prepare('sale', preparations, () => makeSku(run, means, removal), describeSku);
  const buyer = await prepare(
    'buyers',
    preparations,
    () => makeBuyer(run, means),
    (made) => `${made.id}, with ${Object.keys(made).join(', ')}`,
  );
  const steps = sku === undefined || buyer === undefined ? [] : await walk(shop, sku, buyer, means);
  const rest = sku === undefined ? undefined : await checkRest(sku, means, clock);
  const rows = sku === undefined ? [] : await checkRows(sku, clock.nowMs(), means);
  for (const problem of await removal.removeAll()) preparations.push({ part: 'sale', problem });

  const isSound = ({ problem }: Fault): boolean => problem === undefined;
  const ok = [...preparations, ...steps, ...rows, rest ?? {}].every(isSound);
  return {
    ...{ target: file.name, ok, preparations, steps, rows },
    ...(rest && { rest }),
    checks: allowedChecks(means),
  };
}

async function prepare<Made>(
  part: Preparation['part'],
  preparations: Preparation[],
  make: () => Promise<Made>,
  describe: (made: Made) => string,
): Promise<Made | undefined> {
  try {
    const made = await make();
    preparations.push({ part, made: describe(made) });
    return made;
  } catch (error) {
    preparations.push({ part, ...faultOf(error) });
    return undefined;
  }
}

function faultOf(error: unknown): Fault {
  if (!(error instanceof UserError)) return { problem: rootMessage(error) };
  return { problem: `${error.message}: ${error.why}`, next: error.next };
}

async function makeBuyer(run: string, means: ShopMeans): Promise<Fields> {
  const [buyer] = await makeBuyers(1, run, means, () => {});
  await assertKnown(buyer as Fields, means, 'correct headers, or the way in which buyers log in');
  return buyer as Fields;
}

async function makeSku(run: string, means: ShopMeans, removal: Removal): Promise<ShopSku> {
  const { sale } = means.file;
  if (sale === undefined) {
    throw UserError.usage('the target file has no sale', {
      why: 'nothing says what is on sale',
      next: 'name a SKU that is there under sale.skus, or say under sale.create how one is made',
    });
  }
  if (sale.create !== undefined) {
    const planned = [{ skuId: run, stock: UNITS }];
    const [made] = await createSkus(sale.create, planned, means, removal).catch((error) => {
      throw removal.withLeft(error);
    });
    return made as ShopSku;
  }
  // Its units do not matter to one buyer.
  const [found] = await existingSkus(sale.skus ?? [], [{ stock: 1 }], async () => 1, means);
  const sku = found as ShopSku;
  removal.add(sku.skuId, fieldsOfSku(sku));
  return sku;
}

const describeSku = ({ skuId, total, unitPrice, ...others }: ShopSku): string =>
  [
    `SKU ${skuId} with ${count(total, 'unit')}`,
    ...(unitPrice === undefined ? [] : [`price ${unitPrice}`]),
    ...Object.entries(others).map(([name, value]) => `${name} ${value}`),
  ].join(', ');

async function walk(
  shop: ShopDescription,
  sku: ShopSku,
  buyer: Fields,
  { file, secrets, signal }: ShopMeans,
): Promise<WalkedStep[]> {
  checkProvided(shop.needs, { buyers: [{ ...buyer, userId: buyer.id }], skus: [sku] });
  const steps = await walkOperations({
    ...{ shop, buyer, sku: sku as unknown as Fields, signal },
    baseUrl: file.url[0] as string,
  });
  const scrub = (text: string | undefined) => text && secrets.scrub(text);
  return steps.map((step) => ({
    ...step,
    request: scrub(step.request),
    problem: scrub(step.problem),
  }));
}

/** A check takes no more than a minute, so it waits for less than a run does. */
const REST_WITHIN_MS = 10_000;

/** Waits until the shop is at rest after one purchase. */
async function checkRest(
  sku: ShopSku,
  means: ShopMeans,
  clock: Clock,
): Promise<TargetCheck['rest']> {
  const { file, signal } = means;
  if ('wait' in file.rest) return undefined;
  const session = createSqlSession({ timeoutMs: file.evidence.timeout, signal });
  const fromNs = clock.monotonicNs();
  const rest = { ...file.rest, giveUp: Math.min(file.rest.giveUp, REST_WITHIN_MS) };
  try {
    const [open] = await waitForRest(rest, [sku], { ...means, session, clock });
    if (open === undefined) return { afterMs: (clock.monotonicNs() - fromNs) / 1e6 };
    return { problem: `${open.what}; a run would trust no rows then`, next: BOUND_BY_TIME };
  } finally {
    await session.close();
  }
}

async function checkRows(sku: ShopSku, nowMs: number, means: ShopMeans): Promise<CheckedRows[]> {
  const { file, signal } = means;
  const session = createSqlSession({ timeoutMs: file.evidence.timeout, signal });
  const context = { nowMs, holdsNeverLapse: file.sale?.holdTtl === 'never' };
  const checked: CheckedRows[] = [];
  try {
    for (const name of promisedRows(file)) {
      const rows: CheckedRows = { name, count: 0 };
      checked.push(rows);
      try {
        await readRows(
          name,
          { asked: [sku], onSale: [sku] },
          { ...means, session, context },
          (entry) => {
            rows.count += 1;
            rows.first ??= entry;
          },
        );
      } catch (error) {
        signal.throwIfAborted();
        rows.problem = rootMessage(error);
        rows.next = `correct evidence.${name}, or leave it out: fewer rows are fewer checks`;
      }
    }
    return checked;
  } finally {
    await session.close();
  }
}

/** The checks that have the kinds of evidence they need. Whether rows have enough columns shows in a run. */
function allowedChecks({ file }: ShopMeans): TargetCheck['checks'] {
  const kinds = new Set<string>(promisedRows(file).map((name) => ROWS_KINDS[name].kind));
  if (file.operations.reserve?.answer.sequence !== undefined) kinds.add('sequences');
  kinds.add('generator');
  return checkers.filter(isAllowedBySome).map(({ name, needs, needsOneOf = [] }) => {
    const absent = needs.find((kind) => !kinds.has(kind));
    if (absent !== undefined) return { name, lacks: nameInFile(absent) };
    if (needsOneOf.length === 0 || needsOneOf.some((kind) => kinds.has(kind))) return { name };
    return { name, lacks: needsOneOf.map(nameInFile).join(' or ') };
  });
}

const GIVEN_BY_FILES = new Set<EvidenceKind>([
  ...Object.values(ROWS_KINDS).map(({ kind }) => kind),
  ...(['sequences', 'generator'] as const),
]);

/** False for checks of evidence that no target file can give, such as what happens inside our own server. */
const isAllowedBySome = ({ needs, needsOneOf = [] }: (typeof checkers)[number]): boolean =>
  needs.every((kind) => GIVEN_BY_FILES.has(kind)) &&
  (needsOneOf.length === 0 || needsOneOf.some((kind) => GIVEN_BY_FILES.has(kind)));

/** A target file has one kind of books, so their name says nothing there. */
const nameInFile = (kind: EvidenceKind): string =>
  NAME_OF_EVIDENCE[kind].replace(' of the final ledger', '');
