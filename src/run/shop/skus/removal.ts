import { setTimeout as delay } from 'node:timers/promises';
import { rootMessage, UserError } from '../../../kernel/errors.ts';
import { ExitCode } from '../../../kernel/exit-codes.ts';
import { count } from '../../../kernel/wording.ts';
import type { Fields, Step } from '../../../target/file/schema.ts';
import type { ShopMeans } from '../shop-means.ts';
import { performSteps, placeSteps } from '../steps/step.ts';

/** Everything that a run has put on sale, and how it is undone. */
export interface Removal {
  /** Remembers what is known of a SKU by the name that the run gave it, also of one that is not made to its end. */
  add(name: string, fields: Fields): void;
  /** Work that may put something on sale: nothing is removed before it has ended. */
  after<Result>(work: Promise<Result>): Promise<Result>;
  /** Does the steps of `sale.remove` for each SKU once. Answers with one sentence for each that is left. */
  removeAll(): Promise<string[]>;
  /** An error that ends the run, with the SKUs that are left in the shop because nothing removes them. */
  withLeft(error: unknown): unknown;
}

const REMOVE_WITHIN_MS = 60_000;
const RETRY_AFTER_MS = 1_000;
/** A shop that fails so often, one time after another, is gone. */
const FAILURES_MAX = 3;

export function createRemoval(steps: Step[], means: ShopMeans): Removal {
  const known = new Map<string, Fields>();
  let working: Promise<unknown> = Promise.resolve();

  const removeOnce = (fields: Fields, signal: AbortSignal): Promise<unknown> =>
    performSteps(placeSteps(steps, 'sale.remove'), fields, { ...means, signal });

  async function remove(fields: Fields, signal: AbortSignal): Promise<string | undefined> {
    try {
      // Calls that were cut off may be under way in the shop for a moment, and keep its database busy.
      await removeOnce(fields, signal).catch(async () => {
        await delay(RETRY_AFTER_MS, undefined, { signal });
        await removeOnce(fields, signal);
      });
      return undefined;
    } catch (error) {
      const why =
        error instanceof UserError ? `${error.message}: ${error.why}` : rootMessage(error);
      return `SKU ${fields.sku} was not removed: ${why}`;
    }
  }

  return {
    add: (name, fields) => known.set(name, fields),
    after(work) {
      working = work.catch(() => {});
      return work;
    },
    withLeft: (error) =>
      steps.length > 0 || !(error instanceof UserError)
        ? error
        : errorWithLeft(
            error,
            [...known.values()].map(({ sku }) => String(sku)),
          ),
    async removeAll() {
      await working;
      const skus = [...known.values()];
      known.clear();
      if (steps.length === 0) return [];
      // The run may have been given up; what it made is removed all the same.
      const signal = AbortSignal.timeout(REMOVE_WITHIN_MS);
      const left: string[] = [];
      let failures = 0;
      for (const [place, fields] of skus.entries()) {
        const problem = await remove(fields, signal);
        failures = problem === undefined ? 0 : failures + 1;
        if (problem !== undefined) left.push(problem);
        const others = skus.length - place - 1;
        if (failures < FAILURES_MAX || others === 0) continue;
        return [
          ...left,
          `${count(others, 'more SKU')} were not removed, because that goes on failing`,
        ];
      }
      return left;
    },
  };
}

function errorWithLeft(error: UserError, [first, ...others]: string[]): UserError {
  if (first === undefined) return error;
  const left =
    others.length === 0
      ? `SKU ${first}, which sale.create has made, is left in the shop`
      : `SKU ${first} and ${count(others.length, 'other')}, which sale.create has made, are left in the shop`;
  const make = error.exitCode === ExitCode.usage ? UserError.usage : UserError.environment;
  return make(error.message, {
    why: `${error.why}; ${left}`,
    next: `${error.next}; add sale.remove, steps that undo what sale.create does`,
    cause: error.cause,
  });
}
