import { parseDocument } from './dom.ts';
import { Selection } from './selection.ts';

/** A text as HTML, with the URL its links are relative to; empty if there is none. */
export function parsePage(html: string, url: string): Selection {
  const document = parseDocument(html);
  return new Selection([document], document, url);
}
