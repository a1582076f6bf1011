/** Encodes fields as the body or query of a form. Their order and spelling are those of Go, and so of k6. */
export function encodeForm(fields: object): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const item of Array.isArray(value) ? value : [value]) form.append(name, String(item));
  }
  form.sort();
  return form.toString().replaceAll('*', '%2A').replaceAll('%7E', '~');
}
