/** The facts about a strategy that the settings of the CLI and of the server depend on. */
export interface StrategyTraits {
  /** Broken on purpose: refused unless `--unsafe` (the server's `UNSAFE=1`) allows it. */
  isUnsafe?: boolean;
  /** Keeps its locks in Redis, so a server that uses it is given one. */
  needsRedis?: boolean;
}

const traits = {
  batched: {},
  conditional: {},
  pessimistic: {},
  optimistic: {},
  'distributed-lock': { needsRedis: true },
  'unit-rows': {},
  naive: { isUnsafe: true },
} satisfies Record<string, StrategyTraits>;

export type StrategyName = keyof typeof traits;

/**
 * Every strategy of the reference server's stock ledger: how it makes concurrent buyers of one SKU take turns. The CLI
 * offers these names; the code of each is registered in `server/stock/index.ts`.
 */
export const STRATEGIES: Readonly<Record<StrategyName, StrategyTraits>> = traits;
export const STRATEGY_NAMES = Object.keys(traits) as StrategyName[];
