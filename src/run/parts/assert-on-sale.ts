import { rootMessage, UserError } from '../../kernel/errors.ts';

const TIMEOUT_MS = 5_000;

/**
 * Refuses servers that do not have the SKU of a prepared sale. They would turn every buyer away, and the verdict would know
 * nothing of buyers who stood before another shop.
 *
 * @param targets the base URLs by which this machine reaches the servers
 * @throws UserError (usage) when one has no such SKU, (environment) when one cannot be asked
 */
export async function assertOnSale(targets: string[], skuId: string): Promise<void> {
  await Promise.all(targets.map((target) => assertSold(target, skuId)));
}

async function assertSold(target: string, skuId: string): Promise<void> {
  const status = await askFor(target, skuId);
  if (status >= 200 && status <= 299) return;
  if (status === 404) {
    throw UserError.usage(`${target} does not sell ${skuId}`, {
      why: 'it is not the server on which the sale was prepared, or has lost its data',
      next: 'give the address of that server with --target URL, or prepare the sale on this one',
    });
  }
  throw notReady(target, `it answered ${status} when it was asked for ${skuId}`);
}

async function askFor(target: string, skuId: string): Promise<number> {
  const url = `${target}/api/v1/products/${encodeURIComponent(skuId)}/availability`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.status;
  } catch (cause) {
    throw notReady(target, rootMessage(cause), cause);
  }
}

const notReady = (target: string, why: string, cause?: unknown): UserError =>
  UserError.environment(`${target} is not ready`, {
    ...{ why, cause },
    next: 'start it, or give the address by which this machine reaches it with --target URL',
  });
