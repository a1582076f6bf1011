import type { RunOptions } from './context.ts';

/** Variables that a scenario can read while it is loaded. */
export function scenarioEnv({
  stock,
  buyers,
  seed,
  shop,
}: Pick<RunOptions, 'stock' | 'buyers' | 'seed' | 'shop'>): Record<string, string> {
  const holdTtl = shop?.file.sale?.holdTtl;
  return {
    ...(typeof holdTtl === 'number' ? { FLASHSALE_HOLD_TTL_MS: String(holdTtl) } : {}),
    FLASHSALE_SEED: String(seed),
    ...(stock === undefined ? {} : { FLASHSALE_STOCK: String(stock) }),
    ...(buyers === undefined ? {} : { FLASHSALE_BUYERS: String(buyers) }),
  };
}
