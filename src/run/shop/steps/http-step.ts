import { UserError } from '../../../kernel/errors.ts';
import type { Fields, Step } from '../../../target/file/schema.ts';
import type { ShopMeans } from '../shop-means.ts';
import { readPlace } from './read-place.ts';
import { sendRequest } from './send-request.ts';

type HttpStep = Extract<Step, { request: string }>;

const BODY_SHOWN = 300;

/**
 * Sends the request of a step. Its answer gives the fields.
 *
 * @throws UserError (environment) when the answer is none of those that are accepted, or a field is not in it
 */
export async function performHttpStep(
  step: HttpStep,
  fields: Fields,
  place: string,
  means: ShopMeans,
): Promise<Fields> {
  const answer = await sendRequest(step, fields, place, means);
  const { status, text } = answer;
  const fail = (what: string): UserError =>
    UserError.environment(`${place} of the target file: ${step.request} ${what}`, {
      why: text.trim() === '' ? 'the answer has no body' : text.trim().slice(0, BODY_SHOWN),
      next: 'correct the step; `accept: [STATUS]` allows an answer other than 2xx',
    });
  const isAccepted = (status >= 200 && status < 300) || step.accept.includes(status);
  if (!isAccepted) throw fail(`answered ${status}`);
  return Object.fromEntries(
    Object.entries(step.answer).map(([name, where]) => {
      const value = readPlace(answer, where);
      if (value === undefined) throw fail(`answered ${status} without ${name} (${where})`);
      return [name, value];
    }),
  );
}
