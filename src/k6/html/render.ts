import { childrenOf, type DomNode, isElement, isText } from './dom.ts';

const VOID_ELEMENTS = new Set([
  ...['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'keygen', 'link', 'meta'],
  ...['param', 'source', 'track', 'wbr'],
]);
const RAW_TEXT_ELEMENTS = new Set([
  ...['iframe', 'noembed', 'noframes', 'noscript', 'plaintext', 'script', 'style', 'xmp'],
]);
/** Elements whose parser drops a newline at the start of their content. */
const NEWLINE_DROPPERS = new Set(['pre', 'listing', 'textarea']);

/** Writes a node as HTML in the spelling of Go, and so of k6: `<br/>`, `&#39;`, `&#34;`. */
export function render(node: DomNode): string {
  if (isText(node)) return escaped(node.data);
  if (isElement(node)) {
    const { name } = node;
    const attributes = node.attributes.map(
      ({ prefix, name: key, value }) => ` ${prefix ? `${prefix}:` : ''}${key}="${escaped(value)}"`,
    );
    const opening = `<${name}${attributes.join('')}`;
    if (VOID_ELEMENTS.has(name)) return `${opening}/>`;
    const content = RAW_TEXT_ELEMENTS.has(name)
      ? node.children.map((child) => (isText(child) ? child.data : render(child))).join('')
      : renderContent(node);
    // The parser would drop the first newline of this content, so another one stands before it.
    const newline = NEWLINE_DROPPERS.has(name) && content.startsWith('\n') ? '\n' : '';
    return `${opening}>${newline}${content}</${name}>`;
  }
  if (node.type === 'comment') return `<!--${node.data.replaceAll('&', '&amp;')}-->`;
  return node.type === 'directive' ? `<${node.data}>` : renderContent(node);
}

/** Writes the children of a node as HTML. */
export function renderContent(node: DomNode): string {
  return childrenOf(node).map(render).join('');
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  "'": '&#39;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  '\r': '&#13;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&'<>"\r]/g, (character) => ESCAPES[character] as string);
}
