import type { FaultName } from '../../history/fault.ts';
import type { InvariantResult } from '../../history/invariant.ts';
import type { BooksReading, Manifest } from '../../history/manifest.ts';
import type { SaleFacts, SkuOnSale } from '../../history/operation.ts';
import type { LoadResult } from '../../load/result.ts';
import type { LedgerEntry } from '../../protocol/ledger.ts';
import type { Target } from '../../target/target.ts';
import type { RunDeps } from '../context.ts';
import type { Breaker } from '../faults/breakers.ts';
import type { SalePlan } from './sale-plan.ts';

/**
 * The shop on which a sale is run, as far as shops differ: how it is found ready, how something is put on sale in it, and
 * how its books are read.
 */
export interface HostPlan {
  /** The plan of the scenario, as far as the shop allows it. */
  plan: SalePlan;
  /** Description of the phase `stack`. */
  detail: string;
  /** Starts the shop, or finds it ready. Called once. */
  open(deps: RunDeps): Promise<SaleHost>;
}

/** A shop that is ready. */
export interface SaleHost {
  /** Base URL of each instance. */
  targets: string[];
  /** The same as they may be shown and recorded; absent: as they are. */
  shownTargets?: string[];
  /** Folder for the files of the run. */
  folder: string;
  /** Strategy and instances of servers that the run started. */
  started?: { strategy: string; instances: number };
  /** Database of the servers that the run started. */
  databaseUrl?: string;
  /** The faults that a run may bring about, as far as it started the shop itself. */
  breakers?: Partial<Record<FaultName, Breaker>>;
  /** Puts SKUs on sale, sees to it that the buyers exist, and writes the sale file. */
  putOnSale(sale: SaleToPrepare): Promise<HostedSale>;
}

/** A sale that a host prepares. */
export interface SaleToPrepare {
  /** Name of the sale; no other sale of the host has it. */
  name: string;
  /** Decides what buyers do. */
  seed: number;
  /** Path of the sale file. */
  path: string;
  /** The wall time at which buyers come, in milliseconds since the epoch; absent: at once. */
  startAtMs?: number | undefined;
}

/** A sale that is on. */
export interface HostedSale extends FinalBooks {
  skus: SkuOnSale[];
  /** The API under test: which requests are operations, and what answers mean. */
  target: Target;
  /** The rules of the shop that the judge measures by. */
  rules: ShopRules;
  /** The evidence that the shop promises to give. */
  evidence: Omit<Manifest, 'scraped' | 'generator'>;
  /** Base URLs of the instances whose metrics are scraped. */
  scraped: string[];
  /** Reads how many units are on sale, as buyers do. It rejects where the shop cannot be asked. */
  readStock(skuId: string): Promise<unknown>;
}

/** The books of a shop when all buyers are done. */
export interface FinalBooks {
  /** Waits until the shop is at rest. Logs what does not end. */
  settle(load: EndedLoad): Promise<void>;
  /**
   * Reads the final books of one SKU, and hands each row to `onEntry`.
   *
   * @throws UserError (environment) when they cannot be read at all
   */
  readBooks(skuId: string, onEntry: (entry: LedgerEntry) => void): Promise<BooksReading>;
  /** Asks the assertions of the user's own, when the shop is at rest. */
  askInvariants?(): Promise<InvariantResult[]>;
}

/** A load that has ended, as far as it tells what the shop may still work on. */
export interface EndedLoad {
  outcomes: Pick<LoadResult['outcomes'], 'unknown'>;
  stoppedBy?: LoadResult['stoppedBy'];
}

/** Limits, delays and words of a shop. */
export type ShopRules = Pick<
  SaleFacts,
  | 'shop'
  | 'nobodyElseBuys'
  | 'unitsPerBuyerMax'
  | 'holdsPerBuyerMax'
  | 'holdTtlMs'
  | 'sweepGraceMs'
  | 'soldUntilSwept'
  | 'refusalLagMs'
  | 'readLagMs'
  | 'refusals'
>;
