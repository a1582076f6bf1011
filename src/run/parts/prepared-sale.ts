import { statSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { SaleLine } from '../../history/format.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { assertWritable } from '../../kernel/writable.ts';

/**
 * Everything that several processes need to fire one sale together. It stands in the sale file beside what scenarios read, under
 * `prepared`.
 */
const PreparedSale = z.object({
  /** The version of the program that prepared it. Another one might decide otherwise what a buyer does. */
  version: z.string(),
  /** The name of this preparation: no other one has it. */
  id: z.string(),
  facts: SaleLine.omit({
    ...{ type: true, version: true, startedAtMs: true, startedAtNs: true, part: true },
  }),
  /** The name of the API under test. */
  target: z.string(),
  /** The shop of a target file; absent: servers of ours. */
  shop: z
    .object({
      /** Base URLs, with the secrets that may stand in their paths. */
      urls: z.array(z.string()),
      /** The path that answers 2xx when the shop is ready. */
      health: z.string().optional(),
      /** Lifetime of a hold, which scenarios read; absent where it is not known, or holds never lapse. */
      holdTtlMs: z.number().optional(),
      /** The SKUs with all fields by which the shop knows them. */
      skus: z.array(
        z
          .object({ skuId: z.string(), total: z.number(), unitPrice: z.string().optional() })
          .catchall(z.union([z.string(), z.number(), z.boolean(), z.null()])),
      ),
      /** The wall time at which it was put on sale, in milliseconds since the epoch. */
      onSaleAtMs: z.number(),
    })
    .optional(),
  /** The numbers of the command line, with which every part reads the scenario. */
  stock: z.int().optional(),
  buyers: z.int().optional(),
  seed: z.int(),
  /** The wall time at which all parts begin, in milliseconds since the epoch; absent: each as soon as it is ready. */
  startAtMs: z.number().optional(),
});
export type PreparedSale = Omit<z.infer<typeof PreparedSale>, 'facts'> & {
  facts: Omit<SaleFacts, 'startedAtMs' | 'startedAtNs' | 'part'>;
};
export type PreparedShop = NonNullable<PreparedSale['shop']>;

/**
 * Refuses a path at which no sale file can be written, before anything is put on sale. The file takes the place of one that is
 * there, which a device or a pipe must not lose.
 *
 * @throws UserError (usage or environment)
 */
export function assertSaleFile(path: string): void {
  assertWritable(path, 'another name');
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== false) return;
  throw UserError.usage(`${path} is no file`, {
    why: 'a prepared sale is there in full or not at all, so its file takes the place of what has its name',
    next: 'name another file',
  });
}

/**
 * Writes the sale file of a prepared sale, for its owner alone, because it has a token of each buyer. It is there in full or
 * not at all, so that a part may wait for it.
 *
 * @param sale the content of the file as scenarios read it
 * @throws UserError (environment) when it cannot be written
 */
export async function writePreparedSale(
  path: string,
  sale: object,
  prepared: PreparedSale,
): Promise<void> {
  const unfinished = `${path}.${prepared.id}`;
  try {
    await writeFile(unfinished, JSON.stringify({ prepared, ...sale }), { mode: 0o600 });
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw UserError.environment(`the prepared sale ${path} could not be written`, {
      why: rootMessage(cause),
      next: 'free some space, or name another file',
      cause,
    });
  }
}

/**
 * Reads a prepared sale.
 *
 * @throws UserError (usage) when the file is none, or was written by another version
 */
export async function readPreparedSale(
  path: string,
  { version }: { version: string },
): Promise<PreparedSale> {
  const prepared = await parse(path);
  if (prepared.version !== version) {
    throw UserError.usage(`${path} was prepared by version ${prepared.version}`, {
      why: `this is version ${version}, and all parts of a sale must act by the same rules`,
      next: 'use one version for flashsale-cli prepare and for all parts',
    });
  }
  return prepared;
}

async function parse(path: string): Promise<PreparedSale> {
  const next = 'give the file that flashsale-cli prepare wrote';
  let content: { prepared?: unknown };
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw UserError.usage(`${path} cannot be read`, { why: rootMessage(cause), next, cause });
  }
  if (content?.prepared === undefined) {
    const why = 'it does not say how a sale was prepared; one of `seed` has buyers and SKUs alone';
    throw UserError.usage(`${path} is no prepared sale`, { why, next });
  }
  const prepared = PreparedSale.safeParse(content.prepared);
  if (prepared.success) return prepared.data;
  const [issue] = prepared.error.issues;
  throw UserError.usage(`${path} is no prepared sale`, {
    ...{ why: `prepared.${issue?.path.join('.')}: ${issue?.message}`, next },
  });
}
