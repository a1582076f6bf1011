import { chmod, readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { rootMessage, UserError } from '../../../kernel/errors.ts';
import { count as counted } from '../../../kernel/wording.ts';
import type { Fields } from '../../../target/file/schema.ts';
import type { ShopMeans } from '../shop-means.ts';
import { whyUnknown } from './known-buyer.ts';
import { makeBuyers, type OnProgress, refreshBuyers, signForAll } from './make-buyers.ts';
import { tokenEndMs } from './token-end.ts';

/** Buyers that are kept between runs, with their tokens: the file is readable to its owner alone. */
const KeptBuyers = z.object({
  /** Base URLs of the shop whose buyers they are. */
  shop: z.array(z.string()),
  buyers: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});

/** A token that ends within this time would end in the middle of a run. */
const TOKEN_LEFT_MS = 15 * 60_000;

/**
 * The buyers of a run, from the file if it has enough of this shop, else made and kept there. Tokens that the file has for
 * them are made anew once they end soon, or the shop does not know them any more.
 */
export async function keptBuyers(
  path: string,
  count: number,
  {
    run,
    nowMs,
    means,
    onProgress,
  }: { run: string; nowMs: number; means: ShopMeans; onProgress: OnProgress },
): Promise<{ buyers: Fields[]; detail: string }> {
  const known = await readKept(path, means.file.url);
  const isEnough = known !== undefined && known.length >= count;
  const kept = isEnough ? known.slice(0, count) : [];
  let buyers: Fields[];
  let detail: string;
  if (!isEnough) {
    buyers = await makeBuyers(count, run, means, onProgress);
    detail = `${counted(count, 'buyer')} kept in ${path}`;
  } else if (await areForgotten(kept, nowMs, means)) {
    buyers = signForAll(await refreshBuyers(kept, run, means, onProgress), means);
    detail = `${counted(count, 'buyer')} of ${path}, with new tokens`;
  } else {
    buyers = signForAll(kept, means);
    detail = `${counted(count, 'buyer')} of ${path}`;
  }
  const others = isEnough ? known.slice(count) : [];
  await writeKept(path, { shop: means.file.url, buyers: [...buyers, ...others] });
  return { buyers, detail };
}

async function readKept(path: string, shop: string[]): Promise<Fields[] | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(path, rootMessage(error));
  }
  const kept = KeptBuyers.safeParse(jsonIn(text));
  if (!kept.success) throw unusable(path, 'it is no file that --buyers-file wrote');
  if (kept.data.shop.some((url) => shop.includes(url))) return kept.data.buyers;
  throw unusable(path, `its buyers are those of ${kept.data.shop.join(', ')}`);
}

const unusable = (path: string, why: string): UserError =>
  UserError.usage(`the buyers in ${path} cannot be used`, {
    why,
    next: 'name another file with --buyers-file, or remove this one',
  });

async function writeKept(path: string, kept: z.infer<typeof KeptBuyers>): Promise<void> {
  try {
    await writeFile(path, JSON.stringify(kept), { mode: 0o600 });
    // A file that was there before keeps its mode.
    await chmod(path, 0o600);
  } catch (cause) {
    throw unusable(path, rootMessage(cause));
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** True if the token of any buyer ends soon, or the shop does not know the first of them. */
async function areForgotten(kept: Fields[], nowMs: number, means: ShopMeans): Promise<boolean> {
  if (kept.some((buyer) => (tokenEndMs(buyer) ?? Infinity) < nowMs + TOKEN_LEFT_MS)) return true;
  // A token that is signed here is always new.
  const [first] = means.file.buyers.sign === undefined ? kept : [];
  return first !== undefined && (await whyUnknown(first, means)) !== undefined;
}
