import type { Htmlparser2TreeAdapterMap } from 'parse5-htmlparser2-tree-adapter';

export type DomNode = Htmlparser2TreeAdapterMap['node'];
export type DomElement = Htmlparser2TreeAdapterMap['element'];

export function isElement(node: DomNode): node is DomElement {
  return node.type === 'tag' || node.type === 'script' || node.type === 'style';
}

export function isText(node: DomNode): node is Htmlparser2TreeAdapterMap['textNode'] {
  return node.type === 'text';
}

export function childrenOf(node: DomNode): DomNode[] {
  return 'children' in node ? node.children : [];
}

/** All nodes inside a node, in the order of the document. */
export function descendantsOf(node: DomNode): DomNode[] {
  const found: DomNode[] = [];
  const waiting = childrenOf(node).toReversed();
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    found.push(at);
    for (const child of childrenOf(at).toReversed()) waiting.push(child);
  }
  return found;
}

/** All nodes around a node, from its parent up to the document. */
export function ancestorsOf(node: DomNode): DomNode[] {
  const ancestors: DomNode[] = [];
  for (let at = node.parent; at; at = at.parent) ancestors.push(at);
  return ancestors;
}

/** The elements after a node, or before it; the closest comes first. */
export function siblingsOf(node: DomNode, direction: 'next' | 'prev'): DomElement[] {
  const siblings: DomElement[] = [];
  for (let at = node[direction]; at; at = at[direction]) if (isElement(at)) siblings.push(at);
  return siblings;
}

/** The nodes of a list before the first one for which `isEnd` is true. */
export function nodesBefore<Node extends DomNode>(
  nodes: Node[],
  isEnd: (node: DomNode) => boolean,
): Node[] {
  const end = nodes.findIndex(isEnd);
  return end < 0 ? nodes : nodes.slice(0, end);
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
