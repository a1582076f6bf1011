import { rootMessage, UserError } from '../../../kernel/errors.ts';
import type { Fields, Step } from '../../../target/file/schema.ts';
import type { ShopMeans } from '../shop-means.ts';
import { performCommandStep } from './command-step.ts';
import { asFields } from './fields.ts';
import { performHttpStep } from './http-step.ts';
import { performSqlStep } from './sql-step.ts';

/** A step with the place in the target file where it stands, as `sale.create.0`. */
export interface PlacedStep {
  step: Step;
  place: string;
}

export const placeSteps = (steps: Step[], place: string): PlacedStep[] =>
  steps.map((step, number) => ({ step, place: `${place}.${number}` }));

/**
 * Performs steps one after another. Answers with the fields that were given and those that the steps added; a later step
 * finds what an earlier one added.
 *
 * @throws UserError that names the step, and what came back
 */
export async function performSteps(
  steps: PlacedStep[],
  given: Fields,
  means: ShopMeans,
): Promise<Fields> {
  return { ...given, ...(await fieldsOfSteps(steps, given, means)) };
}

/** Performs steps one after another, and answers with the fields that they added. `onDone` gets those so far after each. */
export async function fieldsOfSteps(
  steps: PlacedStep[],
  given: Fields,
  means: ShopMeans,
  onDone: (added: Fields) => void = () => {},
): Promise<Fields> {
  let added: Fields = {};
  for (const { step, place } of steps) {
    means.signal.throwIfAborted();
    added = { ...added, ...(await performStep(step, { ...given, ...added }, place, means)) };
    onDone(added);
  }
  return added;
}

async function performStep(
  step: Step,
  fields: Fields,
  place: string,
  means: ShopMeans,
): Promise<Fields> {
  try {
    if ('request' in step) return await performHttpStep(step, fields, place, means);
    if ('sql' in step) return await performSqlStep(step, fields, place, means);
    if ('command' in step) return await performCommandStep(step, fields, place, means);
    return asFields((await step.run(fields)) ?? {}, place);
  } catch (error) {
    means.signal.throwIfAborted();
    throw scrubbed(error, place, means);
  }
}

/** The same failure without secrets. An error of another kind is one of a hook. */
function scrubbed(error: unknown, place: string, { secrets }: ShopMeans): UserError {
  if (error instanceof UserError) {
    const { message, why, next, exitCode } = error;
    const details = { why: secrets.scrub(why), next: secrets.scrub(next) };
    const make = exitCode === 2 ? UserError.usage : UserError.environment;
    return make(secrets.scrub(message), details);
  }
  return UserError.environment(`${place} of the target file failed`, {
    why: secrets.scrub(rootMessage(error)),
    next: 'mend the function',
  });
}
