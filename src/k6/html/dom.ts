import { createRequire } from 'node:module';
import type { Htmlparser2TreeAdapterMap } from 'parse5-htmlparser2-tree-adapter';
import { createRecentMap } from '../../kernel/recent-map.ts';

export type DomNode = Htmlparser2TreeAdapterMap['node'];
export type DomElement = Htmlparser2TreeAdapterMap['element'];
type Test = (node: DomNode) => boolean;

const require = createRequire(import.meta.url);

/** The parser and the selector engine, loaded when the first script asks for HTML: most never do. */
let libraries: ReturnType<typeof loadLibraries> | undefined;

function loadLibraries() {
  const { parse } = require('parse5') as typeof import('parse5');
  const { compile } = require('css-select') as typeof import('css-select');
  const { adapter } =
    require('parse5-htmlparser2-tree-adapter') as typeof import('parse5-htmlparser2-tree-adapter');
  // What stands in a <template> is its content, as in Go's parser, not a document of its own.
  const treeAdapter: typeof adapter = {
    ...adapter,
    setTemplateContent: () => {},
    getTemplateContent: (template) => template as never,
  };
  return { parse, compile, treeAdapter };
}

/** The document browsers make of a text, whatever is wrong with it. */
export function parseDocument(html: string): DomNode {
  libraries ??= loadLibraries();
  const { parse, treeAdapter } = libraries;
  return parse<Htmlparser2TreeAdapterMap>(html, { treeAdapter });
}

/** Tells whether a node matches a selector; nothing matches one that cannot be read, as in k6. */
export const testOf = createRecentMap(1_000, compileSelector);

function compileSelector(selector: string): Test {
  libraries ??= loadLibraries();
  try {
    return libraries.compile<DomNode, DomElement>(selector, {
      relativeSelector: false,
      pseudos: PSEUDO_CLASSES,
    });
  } catch {
    return () => false;
  }
}

/** What may be disabled by a fieldset around it is, unless it stands in the fieldset's legend. */
const IN_DISABLED_FIELDSET = ['', ' *']
  .map((inside) => `fieldset[disabled] > :not(legend:first-of-type)${inside}`)
  .join();
const FIELDS = ':is(button, input, select, textarea, option)';
const GROUPS = ':is(optgroup, menuitem, fieldset)';

/** What k6's selectors have beyond CSS, or understand in another way. */
const PSEUDO_CLASSES: Record<
  string,
  string | ((element: DomElement, value?: string | null) => boolean)
> = {
  checked: 'input:is([type="checkbox" i], [type="radio" i])[checked], option[selected]',
  disabled: `${FIELDS}:is([disabled], ${IN_DISABLED_FIELDSET}), ${GROUPS}[disabled]`,
  enabled: `${FIELDS}:not([disabled], ${IN_DISABLED_FIELDSET}), ${GROUPS}:not([disabled]), :is(a, area, link)[href]`,
  empty: (element) => !element.children.some(isElement) && textOf(element).trim() === '',
  contains: (element, text) => includes(textOf(element), text),
  containsown: (element, text) =>
    includes(element.children.map((child) => (isText(child) ? child.data : '')).join(''), text),
  haschild: (element, selector) => element.children.some(testOf(selector ?? '')),
};

function includes(text: string, part: string | null | undefined): boolean {
  const unquoted = (part ?? '').replace(/^\s*(["'])(.*)\1\s*$/s, '$2');
  return text.toLowerCase().includes(unquoted.toLowerCase());
}

export function isElement(node: DomNode): node is DomElement {
  return node.type === 'tag' || node.type === 'script' || node.type === 'style';
}

export function isText(node: DomNode): node is Htmlparser2TreeAdapterMap['textNode'] {
  return node.type === 'text';
}

export function childrenOf(node: DomNode): DomNode[] {
  return 'children' in node ? node.children : [];
}

/** In the order of the document. */
export function descendantsOf(node: DomNode): DomNode[] {
  const found: DomNode[] = [];
  const waiting = childrenOf(node).toReversed();
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    found.push(at);
    for (const child of childrenOf(at).toReversed()) waiting.push(child);
  }
  return found;
}

/** From the parent up to the document. */
export function ancestorsOf(node: DomNode): DomNode[] {
  const ancestors: DomNode[] = [];
  for (let at = node.parent; at; at = at.parent) ancestors.push(at);
  return ancestors;
}

/** The elements after a node, or before it, from the closest on. */
export function siblingsOf(node: DomNode, direction: 'next' | 'prev'): DomElement[] {
  const siblings: DomElement[] = [];
  for (let at = node[direction]; at; at = at[direction]) if (isElement(at)) siblings.push(at);
  return siblings;
}

/** The text in a node, without tags. */
export function textOf(node: DomNode): string {
  return isText(node)
    ? node.data
    : descendantsOf(node)
        .map((each) => (isText(each) ? each.data : ''))
        .join('');
}

export function attributeOf(node: DomNode | undefined, name: string): string | undefined {
  return node && isElement(node) ? node.attribs[name] : undefined;
}

/** `div`, `#text`, `#comment`, `#document`, or the name of a doctype. */
export function nameOf(node: DomNode): string {
  if (isElement(node)) return node.name;
  if (node.type === 'root') return '#document';
  return node.type === 'directive' ? (node['x-name'] ?? '') : `#${node.type}`;
}
