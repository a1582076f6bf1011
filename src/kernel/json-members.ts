/**
 * True if an object somewhere in a JSON text names one of its members twice: JSON.parse takes the last of them, and other readers the
 * first. Each member has one colon outside of the texts, so there are more colons then than members were found.
 *
 * @param parsed the value of the text
 */
export function namesMemberTwice(json: string, parsed: unknown): boolean {
  return countColons(json) > countMembers(parsed);
}

function countColons(json: string): number {
  let colons = 0;
  let isInText = false;
  for (let place = 0; place < json.length; place++) {
    const code = json.charCodeAt(place);
    if (code === QUOTE) isInText = !isInText;
    else if (!isInText) colons += code === COLON ? 1 : 0;
    else if (code === BACKSLASH) place++;
  }
  return colons;
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members = Object.values(value);
  return members.reduce(
    (sum: number, member) => sum + countMembers(member),
    Array.isArray(value) ? 0 : members.length,
  );
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
