import { UserError } from '../../kernel/errors.ts';
import { assertAnswers } from '../shop/health.ts';
import { assertOwned } from '../shop/safety.ts';

/** The addresses of servers under test. */
export interface Reached {
  targets: string[];
  /** The same as they may be shown. */
  shownTargets: string[];
}

/**
 * Finds the described shop of a prepared sale ready, at the addresses of the target file or at others by which this machine
 * reaches it.
 *
 * @throws UserError (usage) for addresses whose paths are not those of the prepared ones, or that are somebody else's;
 *   (environment) when the shop does not answer
 */
export async function reachShop(
  shop: { urls: string[]; shownUrls: string[]; health?: string | undefined },
  others: { addresses?: string[] | undefined; iOwnThisServer?: boolean | undefined },
  signal: AbortSignal,
): Promise<Reached> {
  const { addresses, iOwnThisServer = false } = others;
  const { targets, shownTargets } =
    addresses === undefined
      ? { targets: shop.urls, shownTargets: shop.shownUrls }
      : { targets: addresses, shownTargets: addresses };
  if (addresses !== undefined) {
    assertSamePaths(addresses, shop.urls);
    await assertOwned(addresses, iOwnThisServer);
  }
  const { health } = shop;
  try {
    await assertAnswers({ url: targets, shownUrl: shownTargets, health }, signal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, why, cause } = error;
    throw UserError.environment(message, {
      ...{ why, cause },
      next: 'start it, or give the address by which this machine reaches it with --target URL',
    });
  }
  return { targets, shownTargets };
}

/** The recorder knows requests by their paths, which begin with those of the addresses. */
function assertSamePaths(targets: string[], urls: string[]): void {
  const known = new Set(urls.map(pathOf));
  const other = targets.find((target) => !known.has(pathOf(target)));
  if (other === undefined) return;
  throw UserError.usage(`${other} is no address of the shop`, {
    why: 'its path is not that of the address by which the sale was prepared, so no request would be known',
    next: 'give another host or port alone, or prepare the sale with that path',
  });
}

const pathOf = (url: string): string => new URL(url).pathname.replace(/\/$/, '');
