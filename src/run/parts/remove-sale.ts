import { UserError } from '../../kernel/errors.ts';
import { createScope } from '../../stack/resource.ts';
import type { NamedTargetFile } from '../../target/file/read-target-file.ts';
import { shopDatabases } from '../shop/databases.ts';
import { createSecrets } from '../shop/secrets.ts';
import { createRemoval } from '../shop/skus/removal.ts';
import { fieldsOfSku } from '../shop/skus/shop-sku.ts';
import type { PreparedSale } from './prepared-sale.ts';

/**
 * Takes what was put on sale in a described shop off again, by the steps of its target file. Answers with what stays, one sentence
 * each.
 *
 * @throws UserError (usage) when the sale is that of other servers, or the file has no such steps
 */
export async function removeSale(
  { shop, target }: PreparedSale,
  file: NamedTargetFile,
  { env, signal }: { env: Record<string, string | undefined>; signal: AbortSignal },
): Promise<string[]> {
  const steps = file.sale?.remove ?? [];
  if (shop === undefined || target !== file.name || steps.length === 0) {
    throw UserError.usage('nothing can be taken off sale', {
      why:
        shop === undefined || target !== file.name
          ? `the sale was prepared on ${target}, and the target file is that of ${file.name}`
          : `the target file of ${file.name} has no sale.remove`,
      next: 'name the target file with which the sale was prepared; sale.remove has the steps that undo those of sale.create',
    });
  }
  const scope = createScope();
  try {
    const databases = await scope.start(shopDatabases({ timeoutMs: file.evidence.timeout }));
    const removal = createRemoval(steps, {
      ...{ file, secrets: createSecrets(env), databases, env, signal },
    });
    for (const sku of shop.skus) removal.add(sku.skuId, fieldsOfSku(sku));
    return await removal.removeAll();
  } finally {
    await scope.stop();
  }
}
