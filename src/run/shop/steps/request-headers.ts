import { mergeHeaders } from '../../../target/file/merge-headers.ts';
import { type FieldOf, fieldsIn, fillText } from '../../../target/file/template.ts';

/**
 * The headers of a request that no buyer makes during the sale: its own, and those that the target file has for every request.
 * One of the latter is left out where something in it is not known, as the token of a buyer who has not logged in yet.
 */
export function fillHeaders(
  own: Record<string, string>,
  ofEveryRequest: Record<string, string>,
  fieldOf: FieldOf,
): Record<string, string> {
  const known = Object.entries(ofEveryRequest).filter(([, text]) =>
    fieldsIn(text).every((name) => isKnown(name, fieldOf)),
  );
  return Object.fromEntries(
    Object.entries(mergeHeaders(Object.fromEntries(known), own)).map(([name, text]) => [
      name.toLowerCase(),
      fillText(text, fieldOf),
    ]),
  );
}

/** A variable that the environment lacks is a mistake, wherever it stands. */
function isKnown(name: string, fieldOf: FieldOf): boolean {
  if (name.startsWith('env.')) return true;
  try {
    fieldOf(name);
    return true;
  } catch {
    return false;
  }
}
