/** Text that is HTML already. */
export interface Html {
  html: string;
}

type Part = string | number | Html | undefined | readonly (string | Html)[];

/** Builds HTML. Texts between the parts are escaped; HTML and lists of it are not. */
export const html = (strings: TemplateStringsArray, ...parts: Part[]): Html => ({
  html: strings.reduce((all, text, place) => `${all}${written(parts[place - 1])}${text}`),
});

function written(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  if ('html' in part) return part.html;
  return part.map(written).join('');
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] as string);

/** Data for a script. A `<` in a text could end the script. */
export const jsonForScript = (data: unknown): Html => ({
  html: JSON.stringify(data).replaceAll('<', '\\u003c'),
});
