import { IterationInterrupted } from '../../load/vu/vu.ts';
import { attributeOfProperty, dataValueOf, propertyOf } from './data-attributes.ts';
import {
  ancestorsOf,
  attributeOf,
  childrenOf,
  type DomNode,
  descendantsOf,
  isElement,
  siblingsOf,
  testOf,
  textOf,
} from './dom.ts';
import { Element } from './element.ts';
import { elementOf } from './elements.ts';
import { type FormValue, fieldsOf, fieldValueOf, serialize, serializeObject } from './forms.ts';
import { renderContent } from './render.ts';

/** What nodes can be told by: a selector, or the nodes themselves. */
type Target = string | Selection | Element;
type Tester = (index: number, selection: Selection) => unknown;

/**
 * k6's `Selection`: nodes of a document, and the ways to others that jQuery has. Nothing in it changes the document.
 * Where several nodes lead to others, these come in the order of the nodes that led to them, each once.
 */
export class Selection {
  readonly nodes: readonly DomNode[];
  /** Of the page, which the references in it are relative to; empty if there is none. */
  readonly url: string;
  readonly #document: DomNode;
  readonly #previous: Selection | undefined;

  constructor(nodes: readonly DomNode[], document: DomNode, url: string, previous?: Selection) {
    this.nodes = nodes;
    this.url = url;
    this.#document = document;
    this.#previous = previous;
  }

  /** Other nodes of the same document; `end()` leads back here. */
  to(nodes: readonly DomNode[]): Selection {
    return new Selection(nodes, this.#document, this.url, this);
  }

  /** Where a step from each node leads to, narrowed down to what `selector` matches. */
  #gather(step: (node: DomNode) => readonly DomNode[], selector?: string | null): Selection {
    const found = [...new Set(this.nodes.flatMap(step))];
    const isNarrowed = selector !== undefined && selector !== null;
    return this.to(isNarrowed ? found.filter(testOf(selector)) : found);
  }

  find(target: Target): Selection {
    if (typeof target === 'string') {
      return this.#gather((node) => descendantsOf(node).filter(testOf(target)));
    }
    const found = nodesOf(target).filter((node) => this.#contains(node));
    return this.to([...new Set(found)]);
  }

  #contains(node: DomNode): boolean {
    return ancestorsOf(node).some((ancestor) => this.nodes.includes(ancestor));
  }

  add(target: Target): Selection {
    const added =
      typeof target === 'string'
        ? descendantsOf(this.#document).filter(testOf(target))
        : nodesOf(target);
    return this.to([...new Set([...this.nodes, ...added])]);
  }

  children(selector?: string): Selection {
    return this.#gather((node) => childrenOf(node).filter(isElement), selector);
  }

  /** With texts and comments. */
  contents(): Selection {
    return this.#gather(childrenOf);
  }

  closest(target: Target): Selection {
    const test = testFor(target);
    return this.#gather((node) => {
      const closest = [node, ...ancestorsOf(node)].find(test);
      return closest ? [closest] : [];
    });
  }

  parent(selector?: string): Selection {
    return this.#gather((node) => ancestorsOf(node).slice(0, 1).filter(isElement), selector);
  }

  parents(selector?: string): Selection {
    return this.#gather((node) => ancestorsOf(node).filter(isElement), selector);
  }

  parentsUntil(end?: Target | null, selector?: string | null): Selection {
    const test = endFor(end);
    return this.#gather((node) => before(ancestorsOf(node), test).filter(isElement), selector);
  }

  next(selector?: string): Selection {
    return this.#gather((node) => siblingsOf(node, 'next').slice(0, 1), selector);
  }

  nextAll(selector?: string): Selection {
    return this.#gather((node) => siblingsOf(node, 'next'), selector);
  }

  nextUntil(end?: Target | null, selector?: string | null): Selection {
    const test = endFor(end);
    return this.#gather((node) => before(siblingsOf(node, 'next'), test), selector);
  }

  prev(selector?: string): Selection {
    return this.#gather((node) => siblingsOf(node, 'prev').slice(0, 1), selector);
  }

  prevAll(selector?: string): Selection {
    return this.#gather((node) => siblingsOf(node, 'prev'), selector);
  }

  prevUntil(end?: Target | null, selector?: string | null): Selection {
    const test = endFor(end);
    return this.#gather((node) => before(siblingsOf(node, 'prev'), test), selector);
  }

  siblings(selector?: string): Selection {
    return this.#gather(
      (node) => [...siblingsOf(node, 'prev').reverse(), ...siblingsOf(node, 'next')],
      selector,
    );
  }

  filter(target: Target | Tester): Selection {
    return this.to(this.#matching(target, 'filter'));
  }

  not(target: Target | Tester): Selection {
    const matching = new Set(this.#matching(target, 'not'));
    return this.to(this.nodes.filter((node) => !matching.has(node)));
  }

  is(target: Target | Tester): boolean {
    return this.#matching(target, 'is').length > 0;
  }

  #matching(target: Target | Tester, method: string): DomNode[] {
    if (typeof target === 'function') {
      return this.nodes.filter((node, index) => target(index, this.to([node])));
    }
    if (!isTarget(target)) {
      throw new TypeError(
        `the argument to ${method}() must be a function, a selector or a selection`,
      );
    }
    return this.nodes.filter(testFor(target));
  }

  has(target: Target): Selection {
    const test = testFor(target);
    return this.to(this.nodes.filter((node) => descendantsOf(node).some(test)));
  }

  eq(index: number): Selection {
    const node = this.nodes.at(index);
    return node ? this.to([node]) : new Selection([], this.#document, this.url);
  }

  first(): Selection {
    return this.eq(0);
  }

  last(): Selection {
    return this.eq(-1);
  }

  slice(start: number, end?: number): Selection {
    return this.to(this.nodes.slice(start, end));
  }

  /** The selection this one was made from. */
  end(): Selection {
    return this.#previous ?? new Selection([], this.#document, this.url);
  }

  size(): number {
    return this.nodes.length;
  }

  get(): Element[];
  get(index: number): Element | undefined;
  get(index?: number): Element[] | Element | undefined {
    if (index === undefined) return this.toArray().map(elementOf);
    // The first cannot be had by its negative index, in k6.
    const isThere = index < this.nodes.length && index > -this.nodes.length;
    return isThere ? elementOf(this.eq(index)) : undefined;
  }

  toArray(): Selection[] {
    return this.nodes.map((_, index) => this.eq(index));
  }

  /** Where the first node stands: among its siblings, or where the target's first stands in here. */
  index(target?: Target): number {
    const [first] = this.nodes;
    if (target === undefined) return first ? siblingsOf(first, 'prev').length : -1;
    if (typeof target === 'string') {
      return first ? descendantsOf(this.#document).filter(testOf(target)).indexOf(first) : -1;
    }
    const [node] = isTarget(target) ? nodesOf(target) : [];
    return node ? this.nodes.indexOf(node) : -1;
  }

  each(handler: (index: number, element: Element) => unknown): this {
    assertFunction(handler, 'each');
    for (const [index, selection] of this.toArray().entries()) handler(index, elementOf(selection));
    return this;
  }

  /** What the mapper returns for each; where it throws there is nothing, as in k6. */
  map(mapper: (index: number, selection: Selection) => unknown): unknown[] {
    assertFunction(mapper, 'map');
    return this.toArray().flatMap((selection, index) => {
      try {
        return [mapper(index, selection)];
      } catch (error) {
        passOver(error);
        return [];
      }
    });
  }

  /** Of the first node; `otherwise` where it has none of that name. */
  attr(name: string): string | undefined;
  attr<Otherwise>(name: string, otherwise: Otherwise): string | Otherwise;
  attr(name: string, otherwise?: unknown): unknown {
    return attributeOf(this.nodes[0], name) ?? otherwise;
  }

  /** The first node's `data-` attributes, or the one of that name, as values. */
  data(name?: string): unknown {
    const [first] = this.nodes;
    const attributes = first && isElement(first) ? Object.entries(first.attribs) : [];
    if (attributes.length === 0) return undefined;
    if (name !== undefined) return dataValueOf(this.attr(`data-${attributeOfProperty(name)}`, ''));
    return Object.fromEntries(
      attributes
        .filter(([key]) => key.startsWith('data-') && key !== 'data-')
        .map(([key, value]) => [propertyOf(key.slice('data-'.length)), dataValueOf(value)]),
    );
  }

  /** The first node's content. */
  html(): string {
    const [first] = this.nodes;
    return first ? renderContent(first) : '';
  }

  text(): string {
    return this.nodes.map(textOf).join('');
  }

  /** What the first node would be submitted with. */
  val(): string | string[] | undefined {
    return fieldValueOf(this);
  }

  serialize(): string {
    return serialize(fieldsOf(this));
  }

  serializeArray(): FormValue[] {
    return fieldsOf(this);
  }

  serializeObject(): Record<string, FormValue['value']> {
    return serializeObject(fieldsOf(this));
  }

  toJSON(): { url: string } {
    return { url: this.url };
  }
}

/** What a mapper throws, unless it is the end of the run. */
export function passOver(error: unknown): void {
  if (error instanceof IterationInterrupted) throw error;
}

function isTarget(target: unknown): target is Target {
  return typeof target === 'string' || target instanceof Selection || target instanceof Element;
}

function nodesOf(target: Selection | Element): readonly DomNode[] {
  if (target instanceof Selection) return target.nodes;
  if (target instanceof Element) return target.selection().nodes.slice(0, 1);
  throw new TypeError(
    `invalid argument, cannot use ${target === undefined ? 'undefined' : JSON.stringify(target)} as a selector`,
  );
}

function testFor(target: Target): (node: DomNode) => boolean {
  if (typeof target === 'string') return testOf(target);
  const nodes = new Set(nodesOf(target));
  return (node) => nodes.has(node);
}

function endFor(end: Target | null | undefined): (node: DomNode) => boolean {
  return end === null || end === undefined ? () => false : testFor(end);
}

/** The nodes before the first that `isEnd`. */
function before<Node extends DomNode>(nodes: Node[], isEnd: (node: DomNode) => boolean): Node[] {
  const end = nodes.findIndex(isEnd);
  return end < 0 ? nodes : nodes.slice(0, end);
}

function assertFunction(value: unknown, method: string): void {
  if (typeof value === 'function') return;
  throw new TypeError(`the argument to ${method}() must be a function`);
}
