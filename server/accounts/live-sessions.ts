import { setImmediate as endOfTurn } from 'node:timers/promises';
import { createGenerationalCache } from '../platform/generational-cache.ts';
import type { SessionCache } from './session-cache.ts';

/** Tells if a session is live: neither ended nor expired. */
export interface LiveSessions {
  /**
   * A number that changes whenever a session may have ended: a session that was known to be live is live as long as the
   * number stays. Undefined while messages may be missed, so that nothing is known.
   */
  endings(): number | undefined;
  /** True if the memory of this process proves that the session is live. It asks neither Redis nor the database. */
  isKnownLive(sessionId: string): boolean;
  /** Asks Redis, then the database, in one query for all sessions that are asked about at the same time. */
  isLive(sessionId: string): Promise<boolean>;
  /** Records sessions that this process has just opened. */
  opened(sessionIds: string[]): void;
  /** Records sessions that have ended, here or on another instance. */
  ended(sessionIds: string[]): void;
  /** To be called when messages arrive: from now on `ended` is called for every session that ends. */
  trustMemory(): void;
  /** To be called when messages may be missed: until `trustMemory` every check asks the database. */
  distrustMemory(): void;
}

/**
 * Three places know if a session is live, and the closest that can be trusted is asked: the memory of this process, then
 * Redis, then the database. Messages correct the memory when a session ends, so memory is used only while messages are
 * known to arrive.
 *
 * An end is final and overrides everything else: an answer of the database that was under way when the message of the end
 * came does not make the session live again.
 */
export function createLiveSessions(deps: {
  findLive(sessionIds: string[]): Promise<Set<string>>;
  cache?: SessionCache;
  messagesArrive(): boolean;
  rememberedSessions?: number;
  /** Called with sessions that have ended, here or elsewhere; with nothing when others may have, unheard. */
  onEnded?(sessionIds: string[] | undefined): void;
}): LiveSessions {
  const { findLive, cache, messagesArrive, rememberedSessions = 50_000, onEnded } = deps;
  /** True for a live session, false for an ended one. Undefined while messages may be missed. */
  let memory: Memory | undefined;
  let endings = 0;
  let batch: { sessionIds: Set<string>; live: Promise<Set<string>> } | undefined;
  let batchBefore: Promise<unknown> = Promise.resolve();

  return {
    endings: () => (memory !== undefined && messagesArrive() ? endings : undefined),
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
      endings += 1;
      for (const id of ids) memory?.set(id, false);
      cache?.putEnded(ids);
      onEnded?.(ids);
    },
    trustMemory() {
      memory = createGenerationalCache<boolean>(rememberedSessions);
      endings += 1;
      cache?.catchUp();
      onEnded?.(undefined);
    },
    distrustMemory() {
      memory = undefined;
      endings += 1;
    },
  };

  /** A batch contains all questions of one turn of the event loop, and those asked while the previous batch runs. */
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
    // The memory of this moment: `distrustMemory` and `trustMemory` may replace it while the queries run. Their results
    // are older than the new memory and must not enter it.
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
