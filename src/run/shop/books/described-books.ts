import type { InvariantResult } from '../../../history/invariant.ts';
import type { BooksReading, Manifest } from '../../../history/manifest.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { rootMessage, UserError } from '../../../kernel/errors.ts';
import type { LedgerEntry, LedgerRowKind } from '../../../protocol/ledger.ts';
import type { NamedTargetFile } from '../../../target/file/read-target-file.ts';
import {
  isOfBasket,
  OPERATION_NAMES,
  type RowsName,
  type RowsSource,
} from '../../../target/file/schema.ts';
import { createSecrets } from '../secrets.ts';
import type { ShopSku } from '../skus/shop-sku.ts';
import { ROWS_KINDS } from './entries.ts';
import { askInvariant, type InvariantDeps, rehearseInvariant } from './invariants.ts';
import { promisedRows, readRows } from './read-rows.ts';
import { BOUND_BY_TIME, type OpenWork, rehearseRest, waitForRest } from './rest.ts';
import { type AskDeps, isAskedPerSku } from './row-source.ts';
import { shorten } from './shorten.ts';
import { createSqlSession } from './sql-session.ts';
import { waitUntilStill } from './still-rows.ts';

/** The evidence that a described shop gives of a sale, beside its answers. */
export interface DescribedBooks {
  /** The evidence that the target file promises. */
  evidence: Omit<Manifest, 'scraped' | 'generator'>;
  /**
   * Asks everything once before the load, so that a mistake is found before anything is fired. Answers with what will
   * probably spoil the evidence, in words.
   *
   * @throws UserError (usage) with the place in the target file
   */
  rehearse(): Promise<string[]>;
  /** The time of the run begins, over which assertions ask. */
  begin(): void;
  /** Waits until the shop is at rest. Answers with what is not, in words; readings of these SKUs are not trusted after that. */
  settle(): Promise<string[]>;
  /** Reads the books of one SKU. Whatever hinders that is the `problem` of the reading, and makes the verdict unknown. */
  readBooks(skuId: string, onEntry: (entry: LedgerEntry) => void): Promise<BooksReading>;
  /** Asks the assertions of the target file. Call it when the shop is at rest. */
  askInvariants(): Promise<InvariantResult[]>;
}

export interface BooksDeps {
  /** The environment, for `{env.NAME}` and for commands. */
  env: Record<string, string | undefined>;
  clock: Clock;
  signal: AbortSignal;
  /** Prometheus that answers PromQL. */
  prometheusUrl?: string;
  /** True when the run itself has put the SKUs on sale, so that nobody can have bought them before it. */
  isNew?: boolean;
  /** The moment at which the sale began, on `clock`; absent: now, or when `begin` is called. */
  beganNs?: number;
}

/** @param skus the SKUs on sale, with all fields that they have in the sale file */
export function createDescribedBooks(
  file: NamedTargetFile,
  skus: ShopSku[],
  { env, clock, signal, prometheusUrl, isNew = false, beganNs = clock.monotonicNs() }: BooksDeps,
): DescribedBooks {
  const secrets = createSecrets(env);
  const names = promisedRows(file);
  const kinds = names.map((name) => ROWS_KINDS[name].kind);
  if (
    kinds.length > 0 &&
    OPERATION_NAMES.some((name) => isOfBasket(name) && file.operations[name])
  ) {
    kinds.push('line');
  }
  const isPerSku = (name: RowsName): boolean => isAskedPerSku(file.evidence[name] as RowsSource);
  const sharesRows = skus.length > 1 && !names.every(isPerSku);
  let open: OpenWork[] = [];
  let startedNs = beganNs;
  let shared: Promise<SharedReading> | undefined;

  /** Gives `work` the means to ask, with a session of its own. */
  async function asking<Result>(work: (deps: ReadDeps) => Promise<Result>): Promise<Result> {
    const session = createSqlSession({ timeoutMs: file.evidence.timeout, signal });
    const context = { nowMs: clock.nowMs(), holdsNeverLapse: file.sale?.holdTtl === 'never' };
    try {
      return await work({ file, env, secrets, session, signal, context });
    } finally {
      await session.close();
    }
  }

  const invariantDeps = (deps: ReadDeps): InvariantDeps => ({
    ...{ ...deps, clock, prometheusUrl },
    rangeMs: (clock.monotonicNs() - startedNs) / 1e6,
  });

  /** With several SKUs, sources that are asked once for all of them are asked once, and their rows kept. */
  function readShared(): Promise<SharedReading> {
    shared ??= asking(async (deps) => {
      const fromNs = clock.monotonicNs();
      const entries = new Map<string, LedgerEntry[]>(skus.map(({ skuId }) => [skuId, []]));
      for (const name of names.filter((name) => !isPerSku(name))) {
        await readRows(name, { asked: skus, onSale: skus }, deps, (entry) =>
          entries.get(entry.skuId)?.push(entry),
        );
      }
      return { fromNs, entries };
    });
    return shared;
  }

  async function readEntries(sku: ShopSku, onEntry: (entry: LedgerEntry) => void): Promise<void> {
    if (sharesRows) {
      for (const entry of (await readShared()).entries.get(sku.skuId) ?? []) onEntry(entry);
    }
    await asking(async (deps) => {
      for (const name of names.filter((name) => skus.length === 1 || isPerSku(name))) {
        await readRows(name, { asked: [sku], onSale: skus }, deps, onEntry);
      }
    });
  }

  /** The numbers of rows by their kinds and states, as a text; what hinders their reading shows when they are read for good. */
  async function countRows(): Promise<string> {
    const counts = new Map<string, number>();
    const addRow = (entry: LedgerEntry): void => {
      const key = `${entry.row} ${'status' in entry ? entry.status : ''}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    };
    try {
      await asking(async (deps) => {
        for (const name of names.filter((name) => name !== 'stock')) {
          await readRows(name, { asked: skus, onSale: skus }, deps, addRow);
        }
      });
    } catch {
      signal.throwIfAborted();
      return 'unread';
    }
    return JSON.stringify([...counts].sort());
  }

  return {
    evidence: {
      ledger: kinds,
      sequences: givesSequences(file),
      consumers: [],
      invariants: file.invariants.map(({ name }) => name),
      ...(file.prometheus && { counters: file.prometheus.counters }),
    },

    async rehearse() {
      for (const name of names) {
        const scope = { asked: skus.slice(0, 1), onSale: skus, rowsMax: REHEARSED_ROWS_MAX };
        const onEntry = isNew && name === 'orders' ? refuseEntry : () => {};
        await asking((deps) => readRows(name, scope, deps, onEntry)).catch((cause) => {
          signal.throwIfAborted();
          throw UserError.usage(`the target file ${file.name} promises rows that cannot be read`, {
            why: rootMessage(cause),
            next: `correct evidence.${name}, or leave it out: fewer rows are fewer checks`,
            cause,
          });
        });
      }
      for (const invariant of file.invariants) {
        await asking((deps) => rehearseInvariant(invariant, skus, invariantDeps(deps)));
      }
      const busy = await asking((deps) => rehearseRest(file.rest, skus, deps)).catch((cause) => {
        signal.throwIfAborted();
        throw UserError.usage(`rest of the target file ${file.name} cannot be asked`, {
          why: rootMessage(cause),
          next: 'correct it, or write rest: { wait: 2s }',
          cause,
        });
      });
      if (busy === undefined) return [];
      return [`the shop is not at rest before anybody has bought: ${busy}; ${BOUND_BY_TIME}`];
    },

    begin() {
      startedNs = clock.monotonicNs();
    },

    async settle() {
      if ('wait' in file.rest) {
        const isStill = await waitUntilStill(file.rest.wait, countRows, { clock, signal });
        // Where the run has not put the SKUs on sale, others may buy for ever.
        open =
          isStill || !isNew ? [] : [{ what: 'its books still change, a minute after the load' }];
      } else {
        const { rest } = file;
        open = await asking((deps) => waitForRest(rest, skus, { ...deps, clock }));
      }
      return open.map(({ what }) => what);
    },

    async askInvariants() {
      const results: InvariantResult[] = [];
      for (const invariant of file.invariants) {
        const { name } = invariant;
        const [work] = open;
        results.push(
          work === undefined
            ? await asking((deps) => askInvariant(invariant, skus, invariantDeps(deps)))
            : { name, status: 'unknown', summary: `the shop is not at rest: ${work.what}` },
        );
      }
      return results;
    },

    async readBooks(skuId, onEntry) {
      let fromNs = clock.monotonicNs();
      const counts: Partial<Record<LedgerRowKind, number>> = {};
      for (const kind of kinds) counts[kind] = 0;
      // Rows that are still to come look like lost orders, and a purchase may still be undone.
      const busy = open.find((work) => work.skuId === undefined || work.skuId === skuId);
      let problem = busy && `the shop is not at rest: ${busy.what}`;
      try {
        const sku = skus.find((sku) => sku.skuId === skuId) as ShopSku;
        await readEntries(sku, (entry) => {
          counts[entry.row] = (counts[entry.row] ?? 0) + 1;
          onEntry(entry);
        });
        if (sharesRows) fromNs = Math.min(fromNs, (await readShared()).fromNs);
      } catch (error) {
        signal.throwIfAborted();
        problem ??= secrets.scrub(rootMessage(error));
      }
      return { skuId, fromNs, toNs: clock.monotonicNs(), counts, ...(problem && { problem }) };
    },
  };
}

/** More rows show no other mistake. */
const REHEARSED_ROWS_MAX = 1_000;

/** Nobody has bought yet, so the rows are those of another SKU, or of an earlier one with the same id. */
function refuseEntry(entry: LedgerEntry): never {
  const { row: _, ...shown } = entry;
  throw new Error(
    `it gives a row of SKU ${entry.skuId} before anybody has bought it: ${shorten(shown)}; restrict it, as: WHERE product_id = {sku}, and see that no id is given twice`,
  );
}

/** True when the answer of everything that moves stock says which movement it was. A cancellation may have moved none. */
function givesSequences({ operations }: NamedTargetFile): boolean {
  const { reserve, buy, confirm, release, register } = operations;
  const moving = [reserve, buy, confirm, release, register].filter((one) => one !== undefined);
  return moving.length > 0 && moving.every(({ answer }) => answer.sequence !== undefined);
}

type ReadDeps = AskDeps & {
  file: NamedTargetFile;
  context: { nowMs: number; holdsNeverLapse: boolean };
};

/** Rows of all SKUs on sale, read together. */
interface SharedReading {
  fromNs: number;
  entries: Map<string, LedgerEntry[]>;
}
