import { childrenOf, type DomNode, isElement, nameOf } from './dom.ts';
import type { Selection } from './selection.ts';

const NODE_TYPES: Record<string, number> = { text: 3, comment: 8, root: 9, directive: 10 };

/** k6's `Element`: one node. The properties of the DOM are methods. */
export class Element {
  readonly #selection: Selection;

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  selection(): Selection {
    return this.#selection;
  }

  get #node(): DomNode {
    return this.#selection.nodes[0] as DomNode;
  }

  #elementOf(node: DomNode | null | undefined): Element | undefined {
    return node ? this.#selection.to([node]).get(0) : undefined;
  }

  id(): string {
    return this.#selection.attr('id', '');
  }

  nodeName(): string {
    return nameOf(this.#node);
  }

  nodeType(): number {
    return NODE_TYPES[this.#node.type] ?? 1;
  }

  nodeValue(): string | undefined {
    const node = this.#node;
    return node.type === 'text' || node.type === 'comment' ? this.#selection.text() : undefined;
  }

  innerHTML(): string {
    return this.#selection.html();
  }

  textContent(): string {
    return this.#selection.text();
  }

  toString(): string {
    return isElement(this.#node) ? '[object html.Node]' : `[object ${this.nodeName()}]`;
  }

  attributes(): Record<string, Attribute> {
    const node = this.#node;
    const attributes = isElement(node) ? node.attributes : [];
    return Object.fromEntries(
      attributes.map(({ name, value, prefix = '' }) => [
        name,
        new Attribute(this, { name, value, prefix }),
      ]),
    );
  }

  getAttribute(name: string): string | undefined {
    return this.#selection.attr(name);
  }

  getAttributeNode(name: string): Attribute | undefined {
    return this.hasAttribute(name) ? this.attributes()[name] : undefined;
  }

  hasAttribute(name: string): boolean {
    return this.getAttribute(name) !== undefined;
  }

  hasAttributes(): boolean {
    const node = this.#node;
    return isElement(node) && Object.keys(node.attribs).length > 0;
  }

  className(): string | undefined {
    return this.getAttribute('class');
  }

  classList(): string[] {
    return (this.className() ?? '').split(/\s+/).filter((name) => name !== '');
  }

  lang(): string | undefined {
    return this.getAttribute('lang');
  }

  ownerDocument(): Element | undefined {
    let node: DomNode = this.#node;
    while (node.parent) node = node.parent;
    return this.#elementOf(node);
  }

  namespaceURI(): string {
    const node = this.#node;
    return (isElement(node) && node.namespace) || 'http://www.w3.org/1999/xhtml';
  }

  isDefaultNamespace(): boolean {
    return this.namespaceURI() === 'http://www.w3.org/1999/xhtml';
  }

  parentNode(): Element | undefined {
    return this.#elementOf(this.#node.parent);
  }

  parentElement(): Element | undefined {
    return this.#selection.parent().get(0);
  }

  childNodes(): Element[] {
    return this.#selection.contents().get();
  }

  children(): Element[] {
    return this.#selection.children().get();
  }

  childElementCount(): number {
    return this.#selection.children().size();
  }

  hasChildNodes(): boolean {
    return childrenOf(this.#node).length > 0;
  }

  firstChild(): Element | undefined {
    return this.#elementOf(childrenOf(this.#node)[0]);
  }

  lastChild(): Element | undefined {
    return this.#elementOf(childrenOf(this.#node).at(-1));
  }

  firstElementChild(): Element | undefined {
    return this.#selection.children().first().get(0);
  }

  lastElementChild(): Element | undefined {
    return this.#selection.children().last().get(0);
  }

  previousSibling(): Element | undefined {
    return this.#elementOf(this.#node.prev);
  }

  nextSibling(): Element | undefined {
    return this.#elementOf(this.#node.next);
  }

  previousElementSibling(): Element | undefined {
    return this.#selection.prev().get(0);
  }

  nextElementSibling(): Element | undefined {
    return this.#selection.next().get(0);
  }

  getElementsByClassName(name: string): Element[] {
    return this.querySelectorAll(`.${name}`);
  }

  getElementsByTagName(name: string): Element[] {
    return this.querySelectorAll(name);
  }

  querySelector(selector: string): Element | undefined {
    return this.#selection.find(selector).get(0);
  }

  querySelectorAll(selector: string): Element[] {
    return this.#selection.find(selector).get();
  }

  matches(selector: string): boolean {
    return this.#selection.is(selector);
  }

  /** True if the other node is inside this one. A node is not inside itself. */
  contains(other: unknown): boolean {
    return other instanceof Element && this.#selection.find(other).size() > 0;
  }

  isEqualNode(other: unknown): boolean {
    return other instanceof Element && other.innerHTML() === this.innerHTML();
  }

  isSameNode(other: unknown): boolean {
    return other instanceof Element && other.#node === this.#node;
  }
}

/** k6's `Attribute`: name, value and owner are fields, the rest are methods. */
export class Attribute {
  readonly name: string;
  readonly value: string;
  readonly owner_element: Element;
  readonly #prefix: string;

  constructor(owner: Element, of: { name: string; value: string; prefix: string }) {
    this.name = of.name;
    this.value = of.value;
    this.owner_element = owner;
    this.#prefix = of.prefix;
  }

  prefix(): string {
    return this.#prefix;
  }

  localName(): string {
    return this.name;
  }

  namespaceURI(): string {
    return 'http://www.w3.org/1999/xhtml';
  }
}
