import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { rootMessage, UserError } from '../../kernel/errors.ts';
import { SEED_USERS_MAX, SeededUsers, type SeedProducts } from '../../protocol/admin.ts';
import type { SeedCampaigns } from '../../protocol/campaigns.ts';
import {
  type DeadLetter,
  DeadLetterPage,
  ReplayAnswer,
  type ReplayRequest,
} from '../../protocol/dead-letters.ts';
import type { SeedFlashSales } from '../../protocol/flash-sales.ts';
import { LedgerRow } from '../../protocol/ledger.ts';
import { PAGE_SIZE_MAX } from '../../protocol/paging.ts';
import { Problem } from '../../protocol/problem.ts';
import { Availability } from '../../protocol/products.ts';

export interface SeededBuyer {
  userId: string;
  token: string;
}

/** The administrator's view of a server: makes what is to be sold and who buys it, and reads the books. */
export interface AdminApi {
  /** Makes the products exist; answers with the SKUs that did before, whose stock was left as it is. */
  putProducts(products: SeedProducts['products']): Promise<{ existing: string[] }>;
  /** The same with campaigns. */
  putCampaigns(campaigns: SeedCampaigns['campaigns']): Promise<{ existing: string[] }>;
  /** The same with flash sales, of products that exist. */
  putFlashSales(sales: SeedFlashSales['sales']): Promise<{ existing: string[] }>;
  /** Makes users `${prefix}1` … `${prefix}${count}` exist, each with a fresh token. */
  putBuyers(prefix: string, count: number): Promise<SeededBuyer[]>;
  /** Events that could not be handled, the oldest first; of one consumer group or of all. */
  listDeadLetters(group?: string): Promise<DeadLetter[]>;
  /** Has dead letters handed to their groups again; answers how many. */
  replayDeadLetters(request: ReplayRequest): Promise<number>;
  /** Units a SKU was stocked with. */
  readTotal(skuId: string): Promise<number>;
  /** The ledger of one SKU as one snapshot, row by row, the `end` row included. */
  readLedger(skuId: string): AsyncGenerator<LedgerRow>;
}

/** Pages of users asked for at the same time: one is signed while the other is written. */
const PAGES_AT_ONCE = 2;
const TRIES_MAX = 20;
const RETRY_AFTER_MS = 250;

/**
 * Any instance answers for all; one that does not answer is left for the next, because in the middle of a run it may
 * just have been killed and be on its way back.
 *
 * Every call throws a UserError (environment) when no instance answers, or the token is not an administrator's.
 */
export function createAdminApi(options: {
  targets: string[];
  token: string;
  /** Ends what is being asked, and all waiting. */
  signal?: AbortSignal;
}): AdminApi {
  const { targets, token, signal } = options;

  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    let failure: unknown;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const target = targets[tries % targets.length] as string;
      try {
        const answer = await fetch(target + path, {
          method,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: body === undefined ? undefined : JSON.stringify(body),
          signal,
        });
        if (answer.ok) return answer;
        if (answer.status !== 503) throw await refusal(target + path, answer);
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
  }

  async function putPage(prefix: string, first: number, count: number): Promise<SeededBuyer[]> {
    const answer = await call('PUT', '/api/v1/admin/users', { prefix, first, count });
    return SeededUsers.parse(await answer.json()).users.map(({ userId, token }) => ({
      userId,
      token,
    }));
  }

  return {
    async putProducts(products) {
      const answer = await call('PUT', '/api/v1/admin/products', { products });
      return (await answer.json()) as { existing: string[] };
    },

    async putCampaigns(campaigns) {
      const answer = await call('PUT', '/api/v1/admin/campaigns', { campaigns });
      return (await answer.json()) as { existing: string[] };
    },

    async putFlashSales(sales) {
      const answer = await call('PUT', '/api/v1/admin/flash-sales', { sales });
      return (await answer.json()) as { existing: string[] };
    },

    async putBuyers(prefix, count) {
      const pages: SeededBuyer[][] = [];
      const size = Math.min(SEED_USERS_MAX, Math.ceil(count / PAGES_AT_ONCE));
      let next = 0;
      const worker = async () => {
        while (next * size < count) {
          const page = next++;
          pages[page] = await putPage(prefix, page * size + 1, Math.min(size, count - page * size));
        }
      };
      await Promise.all(Array.from({ length: PAGES_AT_ONCE }, worker));
      return pages.flat();
    },

    async listDeadLetters(group) {
      const letters: DeadLetter[] = [];
      let cursor: string | undefined;
      do {
        const query = new URLSearchParams({
          limit: String(PAGE_SIZE_MAX),
          ...(group !== undefined && { group }),
          ...(cursor !== undefined && { cursor }),
        });
        const answer = await call('GET', `/api/v1/admin/dead-letters?${query}`);
        const page = DeadLetterPage.parse(await answer.json());
        letters.push(...page.deadLetters);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return letters;
    },

    async replayDeadLetters(request) {
      const answer = await call('POST', '/api/v1/admin/dead-letters/replay', request);
      return ReplayAnswer.parse(await answer.json()).toBeReplayed;
    },

    async readTotal(skuId) {
      const answer = await call(
        'GET',
        `/api/v1/products/${encodeURIComponent(skuId)}/availability`,
      );
      return Availability.parse(await answer.json()).total;
    },

    async *readLedger(skuId) {
      const answer = await call('GET', `/api/v1/admin/ledger?sku=${encodeURIComponent(skuId)}`);
      if (answer.body === null) return;
      const lines = createInterface({ input: Readable.fromWeb(answer.body) });
      for await (const line of lines) yield LedgerRow.parse(JSON.parse(line));
    },
  };
}

async function refusal(url: string, answer: Response): Promise<UserError> {
  const problem = Problem.safeParse(await answer.json().catch(() => undefined));
  return UserError.environment(`${url} refused`, {
    why: problem.success
      ? `${problem.data.title}: ${problem.data.detail}`
      : `status ${answer.status}`,
    next:
      answer.status === 401 || answer.status === 403
        ? 'give a token of the role admin with --admin-token or FLASHSALE_ADMIN_TOKEN'
        : 'check that --target names a flashsale server of this version',
  });
}
