/** Fields as a form's body or query, in the order of their names and spelt as Go and so k6 spell it. */
export function encodeForm(fields: object): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const item of Array.isArray(value) ? value : [value]) form.append(name, String(item));
  }
  form.sort();
  return form.toString().replaceAll('*', '%2A').replaceAll('%7E', '~');
}
