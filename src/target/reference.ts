import { describeShop, type ShopDescription } from './file/describe-shop.ts';
import { TargetFile } from './file/schema.ts';
import { QUEST_FILE, REFERENCE_FILE, REFUSALS } from './reference-file.ts';
import type { Target } from './target.ts';

const described = describeShop(TargetFile.parse(REFERENCE_FILE), {});

/** The description of our own server for scenarios. An instance that is down or drains leaves the call to the next one. */
export const referenceShop: ShopDescription = { ...described, away: { status: 503 } };

/** The user of a bearer token (`sub`), read without verifying the token: the server does that. */
export const buyerOf = (authorization: string): string | undefined =>
  readFirstClaim(authorization) ?? readBuyer(authorization);

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

/**
 * Reads the subject of a token as our server makes them: it is the first claim, and as plain as an id. Only the beginning of the
 * payload is decoded, because each request asks; a map of all tokens seen takes longer, most of it to wait for memory.
 */
function readFirstClaim(authorization: string): string | undefined {
  const start = authorization.startsWith(knownHead) ? knownHead.length : endOfHead(authorization);
  const end = authorization.indexOf('.', start);
  if (start === 0 || end < 0) return undefined;
  const first = authorization.slice(start, Math.min(end, start + FIRST_LENGTH));
  const claims = firstClaims.toString('latin1', 0, firstClaims.write(first, 'base64url'));
  const subjectEnd = claims.indexOf('"', BEFORE_SUBJECT.length);
  if (subjectEnd < 0 || !claims.startsWith(BEFORE_SUBJECT)) return undefined;
  const subject = claims.slice(BEFORE_SUBJECT.length, subjectEnd);
  return PLAIN.test(subject) ? subject : undefined;
}

const BEFORE_SUBJECT = '{"sub":"';
/** Characters that a UUID and what stands before it fit into. */
const FIRST_LENGTH = 64;
const firstClaims = Buffer.alloc((FIRST_LENGTH / 4) * 3);
const PLAIN = /^[ !#-[\]-~]+$/;

/**
 * The scheme and the header of the last token, with its dot: a server gives all its tokens the same header. No header has a line
 * feed in it.
 */
let knownHead = '\n';

/** The place where the payload of a token begins; 0 in what is no bearer token. */
function endOfHead(authorization: string): number {
  const head = authorization.slice(0, authorization.indexOf('.') + 1);
  if (!HEAD.test(head)) return 0;
  knownHead = head;
  return head.length;
}

const HEAD = /^Bearer [\w-]+\.$/i;

function readBuyer(authorization: string): string | undefined {
  if (!BEARER.test(authorization)) return undefined;
  const start = authorization.indexOf('.') + 1;
  const end = authorization.indexOf('.', start);
  const payload = Buffer.from(authorization.slice(start, end), 'base64url').toString('utf8');
  try {
    const { sub } = JSON.parse(payload);
    return typeof sub === 'string' ? sub : undefined;
  } catch {
    return undefined;
  }
}

const BEARER = /^Bearer [\w-]+\.[\w-]+\./i;
