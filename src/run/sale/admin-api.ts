import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type * as z from 'zod';
import { SEED_USERS_MAX, SeededUsers, type SeedProducts } from '../../protocol/admin.ts';
import { Recounted, type RecountRequest } from '../../protocol/analytics.ts';
import type { SeedCampaigns } from '../../protocol/campaigns.ts';
import {
  type DeadLetter,
  DeadLetterPage,
  ReplayAnswer,
  type ReplayRequest,
} from '../../protocol/dead-letters.ts';
import type { SeedFlashSales } from '../../protocol/flash-sales.ts';
import { EvidenceDescription, LedgerRow } from '../../protocol/ledger.ts';
import { PAGE_SIZE_MAX } from '../../protocol/paging.ts';
import { Availability } from '../../protocol/products.ts';
import type { SeedQuests } from '../../protocol/quests.ts';
import { type AdminCall, createAdminClient } from './admin-client.ts';
import { type OfferedEvent, type PutEvents, putEvents } from './put-events.ts';

export interface SeededBuyer {
  userId: string;
  token: string;
}

/**
 * The admin API of the reference server: creates offers and buyers, and reads the ledger. Every call throws a UserError
 * (environment) when no instance answers, or the token is not an administrator's.
 */
export interface AdminApi {
  /** Creates products. Answers with the SKUs that existed before; their stock stays as it was. */
  putProducts(products: SeedProducts['products']): Promise<{ existing: string[] }>;
  /** Creates campaigns. Answers with the ids that existed before; their capacity stays as it was. */
  putCampaigns(campaigns: SeedCampaigns['campaigns']): Promise<{ existing: string[] }>;
  /** Creates flash sales of products that exist. Answers with the ids that existed before. */
  putFlashSales(sales: SeedFlashSales['sales']): Promise<{ existing: string[] }>;
  /** Puts up events with tickets to sell, as an organizer that it makes. Those that exist stay as they were. */
  putEvents(events: OfferedEvent[]): Promise<PutEvents>;
  /** Creates quests; the campaigns that they give vouchers of must exist. Answers with the ids that existed before. */
  putQuests(quests: z.input<typeof SeedQuests>['quests']): Promise<{ existing: string[] }>;
  /**
   * Creates the users `${prefix}1` … `${prefix}${count}` unless they exist, each with a fresh token, and with a confirmed address
   * for email at a domain, if one is given.
   */
  putBuyers(prefix: string, count: number, emailDomain?: string): Promise<SeededBuyer[]>;
  /** Lists the events that could not be handled, the oldest first; of one consumer group or of all. */
  listDeadLetters(group?: string): Promise<DeadLetter[]>;
  /** Hands dead letters to their groups again. Answers with their number. */
  replayDeadLetters(request: ReplayRequest): Promise<number>;
  /** Has the stored events of some days counted anew. Answers with the counts that were wrong, which are corrected. */
  recountAnalytics(days: z.infer<typeof RecountRequest>): Promise<Recounted>;
  /** Reads how many units a SKU was stocked with. */
  readTotal(skuId: string): Promise<number>;
  /** Reads the evidence that the server gives of a sale. */
  readEvidence(): Promise<EvidenceDescription>;
  /**
   * Reads the ledger of one SKU as one snapshot, row by row, the `end` row included. Throws an Error when the connection
   * breaks off, or a line is no row of a ledger.
   */
  readLedger(skuId: string): AsyncGenerator<LedgerRow>;
}

/** Pages of users that are requested at the same time: the server signs the tokens of one while it writes the other. */
const PAGES_AT_ONCE = 2;
/** Pages of a crowd, unless that makes them very small: one is read here while the server makes the next. */
const PAGES = 8;
const PAGE_SIZE_MIN = 500;

export function createAdminApi(options: Parameters<typeof createAdminClient>[0]): AdminApi {
  const call = createAdminClient(options);
  // Where the answer to a call was lost, a second one would find nothing wrong any more.
  const callOnce = createAdminClient({ ...options, triesMax: 1 });

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

    putEvents: (events) =>
      putEvents(events, { admin: call, as: (token) => createAdminClient({ ...options, token }) }),

    async putQuests(quests) {
      const answer = await call('PUT', '/api/v1/admin/quests', { quests });
      return (await answer.json()) as { existing: string[] };
    },

    putBuyers: (prefix, count, emailDomain) => putBuyers(call, prefix, count, emailDomain),
    listDeadLetters: (group) => listDeadLetters(call, group),

    async replayDeadLetters(request) {
      const answer = await call('POST', '/api/v1/admin/dead-letters/replay', request);
      return ReplayAnswer.parse(await answer.json()).toBeReplayed;
    },

    async recountAnalytics(days) {
      const answer = await callOnce('POST', '/api/v1/admin/analytics/recount', days);
      return Recounted.parse(await answer.json());
    },

    async readTotal(skuId) {
      const answer = await call(
        'GET',
        `/api/v1/products/${encodeURIComponent(skuId)}/availability`,
      );
      return Availability.parse(await answer.json()).total;
    },

    async readEvidence() {
      const answer = await call('GET', '/api/v1/admin/evidence');
      return EvidenceDescription.parse(await answer.json());
    },

    async *readLedger(skuId) {
      const answer = await call('GET', `/api/v1/admin/ledger?sku=${encodeURIComponent(skuId)}`);
      if (answer.body === null) return;
      const lines = createInterface({ input: Readable.fromWeb(answer.body) });
      let number = 0;
      for await (const line of lines) yield parseRow(line, ++number);
    },
  };
}

function parseRow(line: string, number: number): LedgerRow {
  try {
    return LedgerRow.parse(JSON.parse(line));
  } catch {
    throw new Error(`line ${number} of the ledger is no row of one: ${line.slice(0, 100)}`);
  }
}

async function putBuyers(
  call: AdminCall,
  prefix: string,
  count: number,
  emailDomain?: string,
): Promise<SeededBuyer[]> {
  const pages: SeededBuyer[][] = [];
  const size = Math.min(SEED_USERS_MAX, Math.max(PAGE_SIZE_MIN, Math.ceil(count / PAGES)));

  async function putPage(page: number): Promise<SeededBuyer[]> {
    const first = page * size;
    const answer = await call('PUT', '/api/v1/admin/users', {
      prefix,
      first: first + 1,
      count: Math.min(size, count - first),
      emailDomain,
    });
    const { users } = SeededUsers.parse(await answer.json());
    return users.map(({ userId, token }) => ({ userId, token }));
  }

  let next = 0;
  async function putPages(): Promise<void> {
    while (next * size < count) {
      const page = next++;
      pages[page] = await putPage(page);
    }
  }

  await Promise.all(Array.from({ length: PAGES_AT_ONCE }, putPages));
  return pages.flat();
}

async function listDeadLetters(call: AdminCall, group?: string): Promise<DeadLetter[]> {
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
}
