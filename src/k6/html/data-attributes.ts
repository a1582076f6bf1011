/**
 * Words that Go spells in capitals. k6 does the same in the names it makes of `data-` attributes: `data-user-id` becomes
 * `userID`.
 */
const INITIALISMS = new Set([
  ...['ACL', 'API', 'ASCII', 'CPU', 'CSS', 'DNS', 'EOF', 'ETA', 'GPU', 'GUID', 'HTML', 'HTTP'],
  ...['HTTPS', 'ID', 'IP', 'JSON', 'LHS', 'OS', 'QPS', 'RAM', 'RHS', 'RPC', 'SLA', 'SMTP', 'SQL'],
  ...['SSH', 'TCP', 'TLS', 'TTL', 'UDP', 'UI', 'UID', 'UUID', 'URI', 'URL', 'UTF8', 'VM', 'XML'],
  ...['XMPP', 'XSRF', 'XSS', 'OAuth'],
]);

/**
 * The values of an element's `data-` attributes by their names in JavaScript, or the value of one `property`.
 *
 * @param attributes all attributes of the element
 */
export function dataOf(attributes: Record<string, string>, property?: string): unknown {
  if (property !== undefined) {
    return dataValueOf(attributes[`data-${attributeOfProperty(property)}`] ?? '');
  }
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([name]) => name.startsWith('data-') && name !== 'data-')
      .map(([name, value]) => [propertyOf(name.slice('data-'.length)), dataValueOf(value)]),
  );
}

/** `user-name` → `userName`. */
function propertyOf(attribute: string): string {
  const [first = '', ...words] = attribute.split('-');
  return first + words.map(capitalized).join('');
}

function capitalized(word: string): string {
  if (word === 'oauth') return 'OAuth';
  const upper = word.toUpperCase();
  return INITIALISMS.has(upper) ? upper : upper.slice(0, 1) + word.slice(1);
}

/** `userName` → `user-name`, `userID` → `user-id`. */
function attributeOfProperty(property: string): string {
  const words: string[] = [];
  let start = 0;
  let at = 0;
  while (at < property.length) {
    if (at > 0 && /\p{Lu}/u.test(property[at] as string)) {
      const initialism = initialismAt(property.slice(start));
      words.push(initialism ?? property.slice(start, at));
      if (initialism !== undefined) at += initialism.length - 1;
      start = at;
    }
    at += 1;
  }
  if (start < property.length) words.push(property.slice(start));
  return words.join('-').toLowerCase().replaceAll('_', '-');
}

function initialismAt(text: string): string | undefined {
  return [5, 4, 3, 2].map((length) => text.slice(0, length)).find((word) => INITIALISMS.has(word));
}

/**
 * The value of a `data-` attribute: parsed if it is JSON, a boolean or a number, else the text. A text is a number only
 * if the number would be written in the same way: `1.50` stays a text.
 */
function dataValueOf(text: string): unknown {
  if (text === '' || text === 'null' || text === 'undefined') return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.startsWith('{') || text.startsWith('[')) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return String(Number(text)) === text && text !== 'Infinity' ? Number(text) : text;
}
