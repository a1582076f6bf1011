import { UserError } from '../../../kernel/errors.ts';
import type { Fields } from '../../../target/file/schema.ts';
import { fieldsIn } from '../../../target/file/template.ts';
import type { ShopMeans } from '../shop-means.ts';
import { sendRequest } from '../steps/send-request.ts';

const BODY_SHOWN = 200;
/** Nothing of that name is on sale, so that no cache is filled by asking for it. */
const NO_SKU = 'flashsale-cli-no-such-sku';

/**
 * Asks the shop if it knows a buyer, by a call that changes nothing: `buyers.check`, or else by the operation `read` where
 * that is a GET. Answers with the reason why not; undefined if it does, or there is no such call.
 */
export async function whyUnknown(buyer: Fields, means: ShopMeans): Promise<string | undefined> {
  const { buyers, operations, headers } = means.file;
  if (buyers.check !== undefined) {
    const { status, text } = await sendRequest(buyers.check, buyer, 'buyers.check', means);
    const isKnown = (status >= 200 && status < 300) || buyers.check.accept.includes(status);
    return isKnown ? undefined : describe(buyers.check.request, status, text);
  }
  const { read } = operations;
  if (read?.request.startsWith('GET ') !== true) return undefined;
  const fields: Fields = { ...buyer, buyer: buyer.id ?? null, sku: NO_SKU };
  const used = fieldsIn([read.request, read.headers, headers]);
  if (used.some((name) => !name.startsWith('env.') && fields[name] === undefined)) return undefined;
  const { status, text } = await sendRequest(read, fields, 'operations.read', means);
  // Any other answer may be about the SKU.
  return status === 401 ? describe(read.request, status, text) : undefined;
}

const describe = (request: string, status: number, text: string): string =>
  `${request} answered ${status}: ${text.replaceAll(/\s+/g, ' ').trim().slice(0, BODY_SHOWN)}`;

/** @throws UserError (usage) when the shop does not know the buyer. `next` is what to do about it. */
export async function assertKnown(buyer: Fields, means: ShopMeans, next: string): Promise<void> {
  const why = await whyUnknown(buyer, means);
  if (why === undefined) return;
  throw UserError.usage(`the shop does not know buyer ${buyer.id}`, {
    why: means.secrets.scrub(why),
    next,
  });
}
