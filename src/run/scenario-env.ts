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
    ...holdTtlEnv(typeof holdTtl === 'number' ? holdTtl : undefined),
    FLASHSALE_SEED: String(seed),
    ...(stock === undefined ? {} : { FLASHSALE_STOCK: String(stock) }),
    ...(buyers === undefined ? {} : { FLASHSALE_BUYERS: String(buyers) }),
  };
}

/** The variable for the lifetime of the holds of a described shop; none where it is not known. */
export const holdTtlEnv = (holdTtlMs: number | undefined): Record<string, string> =>
  holdTtlMs === undefined ? {} : { FLASHSALE_HOLD_TTL_MS: String(holdTtlMs) };
