import { resolve } from 'node:path';
import type { SaleFacts } from '../../history/operation.ts';
import { UserError } from '../../kernel/errors.ts';
import { type Share, WHOLE } from '../../load/schedule/share.ts';
import type { LoadedScript } from '../../load/vu/script.ts';
import { runFolder } from '../../stack/run-folder.ts';
import { openTarget, targetNamed } from '../../target/registry.ts';
import type { Target } from '../../target/target.ts';
import type { RunDeps, RunOptions } from '../context.ts';
import type { RunKind } from '../run-kind.ts';
import { startEvidence } from '../sale/evidence.ts';
import { recordPhases } from '../sale/sale.ts';
import { assertOnSale } from './assert-on-sale.ts';
import { claimPart } from './claim-part.ts';
import { planDigest } from './plan-digest.ts';
import type { PreparedSale } from './prepared-sale.ts';
import { type Reached, reachShop } from './reach-shop.ts';

/** A run that fires a part of a prepared sale. */
export type PartOptions = RunOptions & {
  saleFile: string;
  /** Base URLs by which this machine reaches the servers; absent: as when the sale was prepared. */
  addresses?: string[] | undefined;
};

/**
 * The run of one part of a prepared sale: it fires its share of the buyers, and records their calls. It has no verdict, and no
 * part reads the books, because none knows when the others are done; the first one scrapes the servers for all.
 *
 * @throws UserError (usage) when the sale was prepared for another script, or the options ask for what a part cannot do
 */
export function partOfSale(
  script: Pick<LoadedScript, 'name' | 'sale' | 'options'>,
  prepared: PreparedSale,
  options: PartOptions,
  deps: RunDeps,
): RunKind {
  const share = script.options.share ?? WHOLE;
  const historyFile = assertCanBeFired(script, prepared, options, share);
  const saleFile = resolve(options.saleFile);
  const { clock, scope, signal } = deps;
  return {
    async prepare() {
      const target = await targetOf(prepared, saleFile);
      const { targets, shownTargets } = await reach(prepared, options, signal);
      const part = {
        ...{ number: share.index + 1, of: share.of, sale: prepared.id },
        plan: planDigest(prepared.id, script, options),
      };
      if (!(await claimPart(saleFile, part))) {
        const line = `nothing can be written beside ${options.saleFile}: see to it that no part is fired twice`;
        deps.onEvent({ type: 'log', line });
      }
      const isTraced = options.tracesUrl !== undefined;
      const sale = factsOfPart(prepared, part, { clock, isTraced });
      const folder = await scope.start(runFolder({ keep: false }));
      deps.onEvent({ type: 'targets', targets: shownTargets });
      const recording = await startEvidence(historyFile, sale, deps);
      return {
        detail: part.of === 1 ? 'the whole sale' : `part ${part.number} of ${part.of}`,
        env: { FLASHSALE_TARGETS: targets.join(','), FLASHSALE_SALE: saleFile },
        target,
        history: recording.history,
        folder,
        queried: { skus: sale.skus.map(({ skuId }) => skuId) },
        endsWithoutTarget: true,
        startAtMs: prepared.startAtMs,
        part: { number: part.number, of: part.of, target: shownTargets, historyFile },

        async collectEvidence(load) {
          recordPhases(load, recording.history);
          await recording.complete(load.generator);
        },
        judge: async () => undefined,
      };
    },
  };
}

/** The target of a prepared sale. That of a described shop stands in the sale file. */
async function targetOf({ target, shop }: PreparedSale, saleFile: string): Promise<Target> {
  return shop === undefined ? targetNamed(target) : openTarget({ saleFile });
}

/** Finds the servers or the shop of a prepared sale ready, by the addresses of this machine if it has others. */
async function reach(
  { facts, shop }: PreparedSale,
  options: Pick<PartOptions, 'addresses' | 'iOwnThisServer'>,
  signal: AbortSignal,
): Promise<Reached> {
  if (shop !== undefined) return reachShop({ ...shop, shownUrls: facts.target }, options, signal);
  const { addresses: targets = facts.target } = options;
  const [sku] = facts.skus;
  if (sku !== undefined) await assertOnSale(targets, sku.skuId);
  return { targets, shownTargets: targets };
}

/** The facts of the sale for the history of one part. The verdict rests on the scrapes of the first. */
function factsOfPart(
  { facts }: PreparedSale,
  part: NonNullable<SaleFacts['part']>,
  { clock, isTraced }: Pick<RunDeps, 'clock'> & { isTraced: boolean },
): SaleFacts {
  const { evidence, ...others } = facts;
  return {
    ...others,
    startedAtMs: clock.nowMs(),
    startedAtNs: clock.monotonicNs(),
    part,
    ...(isTraced && { traces: true }),
    evidence: { ...evidence, scraped: part.number === 1 ? evidence.scraped : [] },
  };
}

/** Answers with the file of the history. */
function assertCanBeFired(
  { name, sale }: Pick<LoadedScript, 'name' | 'sale'>,
  { facts, startAtMs }: PreparedSale,
  { saleFile, historyFile, k6, rounds = 1, faults, stopOn }: PartOptions,
  { index, of }: Share,
): string {
  if (sale === undefined || facts.scenario !== name) {
    throw UserError.usage(`${saleFile} was not prepared for ${name}`, {
      why: `it is a sale of ${facts.scenario}`,
      next: `run that scenario, or prepare this one: flashsale-cli prepare ${name} ${saleFile}`,
    });
  }
  if (historyFile === undefined) {
    throw UserError.usage('the history of a part has to be kept', {
      why: 'the verdict is reached from the histories of all parts',
      next: `add --history part-${index + 1}.ndjson`,
    });
  }
  const [flag] = [
    ...(rounds > 1 ? ['--rounds'] : []),
    ...(faults !== undefined ? ['--faults'] : []),
    ...(stopOn === 'violation' ? ['--stop-on violation'] : []),
  ];
  if (flag !== undefined) {
    throw UserError.usage(`a part of a sale cannot be run with ${flag}`, {
      why: 'what it would do concerns the other parts as well, and they would not know of it',
      next: of === 1 ? 'leave it out, or run the sale without --sale' : 'leave it out',
    });
  }
  if (k6 !== undefined && startAtMs !== undefined) {
    throw UserError.usage('k6 cannot wait for a common start', {
      why: `${saleFile} was prepared with --start-in`,
      next: 'prepare it without, or leave --runner k6 out',
    });
  }
  return historyFile;
}
