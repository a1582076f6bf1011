import { UserError } from '../../../kernel/errors.ts';
import { count } from '../../../kernel/wording.ts';
import type { Fields, TargetFile } from '../../../target/file/schema.ts';
import { fieldsIn } from '../../../target/file/template.ts';

const TOKEN = /^[\w-]+\.([\w-]+)\.[\w-]+$/;

/** The wall time (ms) at which the first JSON Web Token of a buyer ends. Other tokens do not say when they end. */
export function tokenEndMs(buyer: Fields): number | undefined {
  const ends = Object.values(buyer).flatMap((value) => {
    const payload = typeof value === 'string' ? TOKEN.exec(value)?.[1] : undefined;
    const exp = payload === undefined ? undefined : claimsIn(payload)?.exp;
    return typeof exp === 'number' ? [exp * 1_000] : [];
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
}

function claimsIn(payload: string): { exp?: unknown } | undefined {
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { exp?: unknown };
  } catch {
    return undefined;
  }
}

/** @throws UserError (usage) when a token that buyers send has ended. `next` is what to do about it. */
export function assertTokensLive(
  buyers: Fields[],
  { headers, operations }: Pick<TargetFile, 'headers' | 'operations'>,
  nowMs: number,
  next: string,
): void {
  const sent = new Set(fieldsIn([headers, operations]));
  const ended = buyers.flatMap((buyer) => {
    const fields = Object.entries(buyer).filter(([name]) => sent.has(name));
    const endMs = tokenEndMs(Object.fromEntries(fields));
    return endMs !== undefined && endMs < nowMs ? [{ id: buyer.id, endMs }] : [];
  });
  const [first] = ended;
  if (first === undefined) return;
  const { endMs } = first;
  throw UserError.usage(`the token of buyer ${first.id} has ended`, {
    why: `it was valid until ${new Date(endMs).toISOString()}; so it is with ${ended.length} of ${count(buyers.length, 'buyer')}`,
    next,
  });
}
