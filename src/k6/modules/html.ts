import { parsePage } from '../html/page.ts';
import type { K6Module } from './module.ts';

/** `k6/html`: parses text as HTML. */
export const htmlModule: K6Module = () => ({
  parseHTML: (html: string) => parsePage(String(html), ''),
});
