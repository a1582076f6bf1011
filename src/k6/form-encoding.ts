import { toUSVString } from 'node:util';

/** Fields as a form's body or query, in the order of their names and spelt as Go and so k6 spell it. */
export function encodeForm(fields: object): string {
  return Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map(
        (item) => `${encodePart(name)}=${encodePart(String(item))}`,
      ),
    )
    .join('&');
}

function encodePart(text: string): string {
  return encodeURIComponent(toUSVString(text))
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
