import { setTimeout as delay } from 'node:timers/promises';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { Problem } from '../../protocol/problem.ts';

/** Sends one request as the user whose token it is. Answers are of status 2xx; everything else throws. */
export type AdminCall = (method: string, path: string, body?: unknown) => Promise<Response>;

const TRIES_MAX = 20;
const RETRY_AFTER_MS = 250;

const ADMIN_ADVICE = 'give a token of the role admin with --admin-token or FLASHSALE_ADMIN_TOKEN';

/**
 * Creates the HTTP client of the admin API. Every instance answers the same, so a call to one that does not answer, or
 * answers 503, is repeated at the next: in the middle of a run an instance may just have been killed and be restarting.
 *
 * Every call throws a UserError (environment) when no instance answers, or the token is not good for it.
 */
export function createAdminClient({
  targets,
  token,
  signal,
  tokenAdvice = ADMIN_ADVICE,
  triesMax = TRIES_MAX,
}: {
  targets: string[];
  token: string;
  /** Ends the calls under way and the pauses between them. */
  signal?: AbortSignal;
  /** The advice to whoever gave a token that is refused. */
  tokenAdvice?: string;
  triesMax?: number;
}): AdminCall {
  return async (method, path, body) => {
    let failure: unknown;
    for (let tries = 0; tries < triesMax; tries += 1) {
      const target = targets[tries % targets.length] as string;
      try {
        const answer = await fetch(target + path, {
          method,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: body === undefined ? undefined : JSON.stringify(body),
          signal,
        });
        if (answer.ok) return answer;
        if (answer.status !== 503) throw await refusal(target + path, answer, tokenAdvice);
        failure = new Error(`${target} answered 503`);
      } catch (error) {
        if (error instanceof UserError) throw error;
        failure = error;
      }
      await delay(RETRY_AFTER_MS, undefined, { signal });
    }
    throw UserError.environment(`${targets.join(', ')} did not answer`, {
      why: rootMessage(failure),
      next: 'check that the server runs and that --target names it',
      cause: failure,
    });
  };
}

async function refusal(url: string, answer: Response, tokenAdvice: string): Promise<UserError> {
  const problem = Problem.safeParse(await answer.json().catch(() => undefined));
  return UserError.environment(`${url} refused`, {
    why: problem.success
      ? `${problem.data.title}: ${problem.data.detail}`
      : `status ${answer.status}`,
    next:
      answer.status === 401 || answer.status === 403
        ? tokenAdvice
        : 'check that --target names a flashsale server of this version',
  });
}
