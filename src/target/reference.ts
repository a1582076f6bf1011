import { createRecentMap } from '../kernel/recent-map.ts';
import { describeShop, type ShopDescription } from './file/describe-shop.ts';
import { TargetFile } from './file/schema.ts';
import { QUEST_FILE, REFERENCE_FILE, REFUSALS } from './reference-file.ts';
import type { Target } from './target.ts';

const described = describeShop(TargetFile.parse(REFERENCE_FILE), {});

/** The description of our own server for scenarios. An instance that is down or drains leaves the call to the next one. */
export const referenceShop: ShopDescription = { ...described, away: { status: 503 } };

/** The tokens of so many buyers are read once. */
const BUYERS_MAX = 20_000;

/** The user of a bearer token (`sub`), read without verifying the token: the server does that. */
export const buyerOf = createRecentMap(BUYERS_MAX, readBuyer);

/** The reference server of this project. */
export const referenceTarget: Target = {
  name: 'reference',
  reference: { name: 'reference' },
  operations: described.rules,
  answers: described.answers,
  refusals: REFUSALS,
  refusalLagMs: described.refusalLagMs,
  holdsPerBuyerMax: described.holdsPerBuyerMax,
  codePlace: 'code',
  refusedLines: { code: 'lines.*.code', sequence: 'lines.*.sequence' },
  numbersLines: true,
  buyerOf,
};

const questDescribed = describeShop(TargetFile.parse(QUEST_FILE), {});

/** The same for scenarios whose buyers get vouchers by completing a quest. */
export const questShop: ShopDescription = { ...questDescribed, away: { status: 503 } };

/** The reference server, where a registration is a call that may complete a quest. */
export const questTarget: Target = {
  ...referenceTarget,
  name: 'quests',
  reference: { name: 'quests' },
  operations: questDescribed.rules,
  answers: questDescribed.answers,
  // A quest whose voucher is gone is answered with 200, and the code is that of the campaign.
  codePlace: '/"(?:code|goneBecause)":"([A-Z_]+)"/',
};

function readBuyer(authorization: string): string | undefined {
  if (!BEARER.test(authorization)) return undefined;
  const start = authorization.indexOf('.') + 1;
  const end = authorization.indexOf('.', start);
  const payload = Buffer.from(authorization.slice(start, end), 'base64url').toString('utf8');
  const subject = PLAIN_SUBJECT.exec(payload)?.[1];
  if (subject !== undefined) return subject;
  try {
    const { sub } = JSON.parse(payload);
    return typeof sub === 'string' ? sub : undefined;
  } catch {
    return undefined;
  }
}

const BEARER = /^Bearer [\w-]+\.[\w-]+\./i;
/** A payload with nothing nested and nothing escaped, as nearly every token has. JSON.parse would take three times as long per request. */
const PLAIN_SUBJECT = /^\{[^{}\\]*"sub":"([^"\\]*)"[^{}\\]*\}$/;
