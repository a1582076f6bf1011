import { setImmediate as endOfTurn } from 'node:timers/promises';
import { createGenerationalCache } from '../platform/generational-cache.ts';
import type { SessionCache } from './session-cache.ts';

/** Who is logged in, as far as this process can tell without asking, and by asking. */
export interface LiveSessions {
  /** True if this process knows, at this moment and without asking anybody, that the session goes on. */
  isKnownLive(sessionId: string): boolean;
  /** Asks, together with all others who want to know something: first Redis, then the database. */
  isLive(sessionId: string): Promise<boolean>;
  /** The sessions were opened by this process just now. */
  opened(sessionIds: string[]): void;
  /** The sessions have ended, here or elsewhere. */
  ended(sessionIds: string[]): void;
  /** From now on every end is told by `ended`. */
  trustMemory(): void;
  /** Ends may be missed from now on: everything is asked of the database, until `trustMemory`. */
  distrustMemory(): void;
}

/**
 * Three copies of one truth, the closest first: this process's memory, Redis, the database. Memory is as good as the
 * messages that correct it, so it is used only while they are known to arrive.
 *
 * An end is final and wins over everything: an answer that was on its way when the message of the end came cannot bring
 * the session back.
 */
export function createLiveSessions(deps: {
  findLive(sessionIds: string[]): Promise<Set<string>>;
  cache?: SessionCache;
  messagesArrive(): boolean;
  rememberedSessions?: number;
}): LiveSessions {
  const { findLive, cache, messagesArrive, rememberedSessions = 50_000 } = deps;
  /** Undefined while messages may be missed. */
  let memory: Memory | undefined;
  let batch: { sessionIds: Set<string>; live: Promise<Set<string>> } | undefined;
  let batchBefore: Promise<unknown> = Promise.resolve();

  return {
    isKnownLive: (id) => memory?.get(id) === true && messagesArrive(),
    async isLive(id) {
      if (memory?.get(id) === false) return false;
      batch ??= openBatch();
      batch.sessionIds.add(id);
      return (await batch.live).has(id);
    },
    opened(ids) {
      if (memory !== undefined) for (const id of ids) remember(memory, id, true);
      cache?.putLive(ids);
    },
    ended(ids) {
      for (const id of ids) memory?.set(id, false);
      cache?.putEnded(ids);
    },
    trustMemory() {
      memory = createGenerationalCache<boolean>(rememberedSessions);
      cache?.catchUp();
    },
    distrustMemory() {
      memory = undefined;
    },
  };

  /** A batch takes all who ask in one turn of the event loop, and who ask while the batch before it is under way. */
  function openBatch() {
    const sessionIds = new Set<string>();
    const live = Promise.all([batchBefore, endOfTurn()]).then(() => {
      batch = undefined;
      return ask([...sessionIds]);
    });
    batchBefore = live.catch(() => {});
    return { sessionIds, live };
  }

  async function ask(sessionIds: string[]): Promise<Set<string>> {
    // Taken before asking: what is answered now belongs into this memory, and not into one begun after a gap.
    const asking = messagesArrive() ? memory : undefined;
    const cached = (asking && (await cache?.read(sessionIds))) ?? new Map<string, boolean>();
    const unknown = sessionIds.filter((id) => !cached.has(id));
    const stored = unknown.length === 0 ? new Set<string>() : await findLive(unknown);

    const isLive = (id: string) => cached.get(id) ?? stored.has(id);
    if (asking === undefined) return stored;
    for (const id of sessionIds) remember(asking, id, isLive(id));
    cache?.putLive([...stored]);
    return new Set(sessionIds.filter((id) => asking.get(id)));
  }
}

type Memory = ReturnType<typeof createGenerationalCache<boolean>>;

function remember(memory: Memory, id: string, live: boolean): void {
  if (memory.get(id) !== false) memory.set(id, live);
}
