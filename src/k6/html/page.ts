import { createRequire } from 'node:module';
import type { Htmlparser2TreeAdapterMap } from 'parse5-htmlparser2-tree-adapter';
import type { DomNode } from './dom.ts';
import { elementOf } from './elements.ts';
import { Selection } from './selection.ts';

const require = createRequire(import.meta.url);

/** The parser is loaded when a script reads its first page: most scripts never do. */
let parser: ReturnType<typeof loadParser> | undefined;

/** Parses a text as HTML. `url` is the URL that the links of the page are relative to; empty if there is none. */
export function parsePage(html: string, url: string): Selection {
  parser ??= loadParser();
  const { parse, treeAdapter } = parser;
  // Like a browser, the parser makes a document of every text, however malformed.
  const document: DomNode = parse<Htmlparser2TreeAdapterMap>(html, { treeAdapter });
  return new Selection([document], { document, url, elementOf });
}

function loadParser() {
  const { parse } = require('parse5') as typeof import('parse5');
  const { adapter } =
    require('parse5-htmlparser2-tree-adapter') as typeof import('parse5-htmlparser2-tree-adapter');
  // As in Go's parser, the content of a <template> is made its children, and not a document of its own.
  const treeAdapter: typeof adapter = {
    ...adapter,
    setTemplateContent: () => {},
    getTemplateContent: (template) => template as never,
  };
  return { parse, treeAdapter };
}
