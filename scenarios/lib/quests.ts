import exec from 'k6/execution';
import http from 'k6/http';
import type { Buyer, Sku } from './sale.ts';
import { theShop } from './sale.ts';

/** The calls about quests of our own server that take no units, so that they are no operations of a shop. */

const targets = (__ENV.FLASHSALE_TARGETS || 'http://127.0.0.1:3001').split(',');

/** The code that a quest of a sale wants before the one that completes it. */
const FIRST_CODE = 'GATE';

/** True if the shop gives its vouchers by quests. */
export const hasQuests = (): boolean => theShop().name === 'quests';

/** The progress that the server shows: what is read of it here. */
export interface SeenProgress {
  status: number;
  progress?: {
    status: string;
    voucher: { outcome: string; registration?: { code: string; orderId: string } } | null;
  };
}

/** Starts the quest whose reward is this SKU. */
export const startQuest = async (buyer: Buyer, sku: Sku): Promise<SeenProgress> =>
  await post(buyer, sku, 'start');

/** Submits the first code, which does not complete the quest. */
export const submitFirstCode = async (buyer: Buyer, sku: Sku): Promise<SeenProgress> =>
  await submitCode(buyer, sku, FIRST_CODE);

/** Submits any code. */
export const submitCode = async (buyer: Buyer, sku: Sku, code: string): Promise<SeenProgress> =>
  await post(buyer, sku, 'progress', JSON.stringify({ code }));

/** Asks for the voucher of a completed quest, any number of times. */
export const claimReward = async (buyer: Buyer, sku: Sku): Promise<SeenProgress> =>
  await post(buyer, sku, 'claim');

async function post(
  buyer: Buyer,
  { skuId }: Sku,
  what: 'start' | 'progress' | 'claim',
  body: string | null = null,
): Promise<SeenProgress> {
  const target = targets[exec.vu.idInTest % targets.length] as string;
  const { token } = buyer as Buyer & { token: string };
  const response = await http.request<'text'>('POST', `${target}/quests/${skuId}/${what}`, body, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    tags: { name: `POST /quests/{sku}/${what}` },
    timeout: '30s',
    jar: new http.CookieJar(),
    responseCallback: http.expectedStatuses({ min: 200, max: 499 }),
  });
  if (response.status >= 300 || response.status === 0) return { status: response.status };
  return { status: response.status, progress: response.json() as SeenProgress['progress'] };
}
