import { setTimeout as delay } from 'node:timers/promises';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { NamedTargetFile } from '../../target/file/read-target-file.ts';

const ANSWER_WITHIN_MS = 5_000;

/**
 * Checks that every instance of a shop is ready: its health path answers 2xx, or without one its base URL answers anything.
 *
 * @throws UserError (environment) that names the instance
 */
export async function assertAnswers(
  { url, shownUrl = url, health }: Pick<NamedTargetFile, 'url' | 'shownUrl' | 'health'>,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    url.map((base, place) => assertOneAnswers({ base, shown: shownUrl[place] }, health, signal)),
  );
}

/** Between two looks at a shop that is not ready yet. */
const LOOK_EVERY_MS = 250;

/**
 * Waits until every instance of a shop is ready. A shop that connects to its database when it starts cannot be ready before
 * the proxies of its target file listen; it may be started, or try again, once they do.
 *
 * @param onWaiting called once if the shop is not ready at once
 * @throws UserError (environment) that names the instance, when it is not ready in time
 */
export async function waitForAnswers(
  file: Pick<NamedTargetFile, 'url' | 'shownUrl' | 'health'>,
  { withinMs, signal, onWaiting }: { withinMs: number; signal: AbortSignal; onWaiting(): void },
): Promise<void> {
  const late = AbortSignal.timeout(withinMs);
  for (let looks = 1; ; looks += 1) {
    try {
      return await assertAnswers(file, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) throw error;
    }
    if (looks === 1) onWaiting();
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function assertOneAnswers(
  { base, shown = base }: { base: string; shown?: string },
  health: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  try {
    const answer = await fetch(base + (health ?? '/'), {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    await answer.body?.cancel();
    if (health === undefined || answer.ok) return;
    throw new Error(`${health} answered ${answer.status}`);
  } catch (cause) {
    signal.throwIfAborted();
    throw UserError.environment(`the shop at ${shown} is not ready`, {
      why: rootMessage(cause),
      next:
        health === undefined
          ? 'start it, or correct `url` in the target file'
          : 'start it, or correct `url` and `health` in the target file; without `health` any answer will do',
      cause,
    });
  }
}
