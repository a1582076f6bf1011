import jwt from 'jsonwebtoken';
import { rootMessage, UserError } from '../../../kernel/errors.ts';
import type { Fields } from '../../../target/file/schema.ts';
import { fillJson, fillText } from '../../../target/file/template.ts';
import type { ShopMeans } from '../shop-means.ts';
import { lookUp } from '../steps/lookup.ts';

/** A function that gives a buyer the token that the target file has signed here; it changes nothing if it has none signed. */
export function createSigner({ file, secrets }: ShopMeans): (buyer: Fields) => Fields {
  const { sign } = file.buyers;
  if (sign === undefined) return (buyer) => buyer;
  const secret = keyIn(fillText(sign.secret, lookUp({}, secrets, 'buyers.sign.secret')));
  return (buyer) => {
    const claims = claimsOf(sign.claims, buyer, secrets);
    try {
      const token = jwt.sign(claims, secret, {
        algorithm: sign.algorithm,
        expiresIn: Math.ceil(sign.expiresIn / 1_000),
      });
      return { ...buyer, token };
    } catch (cause) {
      throw UserError.usage('buyers.sign of the target file cannot sign a token', {
        why: secrets.scrub(rootMessage(cause)),
        next: `correct the secret, which must fit ${sign.algorithm}, or the claims`,
      });
    }
  };
}

/** `sub` is a text, whatever a shop has for its ids. */
function claimsOf(
  templates: Record<string, unknown>,
  buyer: Fields,
  secrets: ShopMeans['secrets'],
): Record<string, unknown> {
  const claims = fillJson(templates, lookUp(buyer, secrets, 'buyers.sign.claims')) as Record<
    string,
    unknown
  >;
  return typeof claims.sub === 'number' ? { ...claims, sub: String(claims.sub) } : claims;
}

/** A key in PEM stands on one line in most environments. */
const keyIn = (text: string): string =>
  text.startsWith('-----BEGIN') ? text.replaceAll('\\n', '\n') : text;
