import { IterationInterrupted } from '../../load/schedule/iteration.ts';
import { dataOf } from './data-attributes.ts';
import {
  ancestorsOf,
  attributeOf,
  childrenOf,
  type DomNode,
  descendantsOf,
  isElement,
  nodesBefore,
  siblingsOf,
  textOf,
} from './dom.ts';
import { Element } from './element.ts';
import { type FormValue, fieldsOf, fieldValueOf, serialize, serializeObject } from './forms.ts';
import { renderContent } from './render.ts';
import { testOf } from './selectors.ts';

/** Names nodes: by a selector, or by the nodes themselves. */
type Target = string | Selection | Element;
type Tester = (index: number, selection: Selection) => unknown;

/** The page that nodes belong to. */
export interface Page {
  document: DomNode;
  /** The references on the page are relative to this URL; empty if there is none. */
  url: string;
  /** Makes an element of the one node of a selection, with the methods of its tag. */
  elementOf: (selection: Selection) => Element;
}

/**
 * k6's `Selection`: nodes of a page, with jQuery's methods to find others from them. No method changes the page. A method
 * that finds other nodes for several nodes gives them in the order of the nodes it started from, each once.
 */
export class Selection {
  readonly nodes: readonly DomNode[];
  readonly url: string;
  readonly #page: Page;
  readonly #previous: Selection | undefined;

  constructor(nodes: readonly DomNode[], page: Page, previous?: Selection) {
    this.nodes = nodes;
    this.url = page.url;
    this.#page = page;
    this.#previous = previous;
  }

  /** Selects other nodes of the same page. Their `end()` is this selection. */
  to(nodes: readonly DomNode[]): Selection {
    return new Selection(nodes, this.#page, this);
  }

  /** The nodes that `step` finds for each node, without those that `selector` does not match. */
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
        ? descendantsOf(this.#page.document).filter(testOf(target))
        : nodesOf(target);
    return this.to([...new Set([...this.nodes, ...added])]);
  }

  children(selector?: string): Selection {
    return this.#gather((node) => childrenOf(node).filter(isElement), selector);
  }

  /** The children with texts and comments. */
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
    return this.#gather((node) => nodesBefore(ancestorsOf(node), test).filter(isElement), selector);
  }

  next(selector?: string): Selection {
    return this.#gather((node) => siblingsOf(node, 'next').slice(0, 1), selector);
  }

  nextAll(selector?: string): Selection {
    return this.#gather((node) => siblingsOf(node, 'next'), selector);
  }

  nextUntil(end?: Target | null, selector?: string | null): Selection {
    const test = endFor(end);
    return this.#gather((node) => nodesBefore(siblingsOf(node, 'next'), test), selector);
  }

  prev(selector?: string): Selection {
    return this.#gather((node) => siblingsOf(node, 'prev').slice(0, 1), selector);
  }

  prevAll(selector?: string): Selection {
    return this.#gather((node) => siblingsOf(node, 'prev'), selector);
  }

  prevUntil(end?: Target | null, selector?: string | null): Selection {
    const test = endFor(end);
    return this.#gather((node) => nodesBefore(siblingsOf(node, 'prev'), test), selector);
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
    return node ? this.to([node]) : new Selection([], this.#page);
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
    return this.#previous ?? new Selection([], this.#page);
  }

  size(): number {
    return this.nodes.length;
  }

  get(): Element[];
  get(index: number): Element | undefined;
  get(index?: number): Element[] | Element | undefined {
    if (index === undefined) return this.toArray().map(this.#page.elementOf);
    // As in k6, no negative index leads to the first node.
    const isThere = index < this.nodes.length && index > -this.nodes.length;
    return isThere ? this.#page.elementOf(this.eq(index)) : undefined;
  }

  toArray(): Selection[] {
    return this.nodes.map((_, index) => this.eq(index));
  }

  /**
   * The index of the first node among its siblings, or among all nodes that a selector matches; for nodes, the index of
   * their first one in this selection. -1 if there is none.
   */
  index(target?: Target): number {
    const [first] = this.nodes;
    if (target === undefined) return first ? siblingsOf(first, 'prev').length : -1;
    if (typeof target === 'string') {
      return first ? descendantsOf(this.#page.document).filter(testOf(target)).indexOf(first) : -1;
    }
    const [node] = isTarget(target) ? nodesOf(target) : [];
    return node ? this.nodes.indexOf(node) : -1;
  }

  each(handler: (index: number, element: Element) => unknown): this {
    assertFunction(handler, 'each');
    for (const [index, element] of this.get().entries()) handler(index, element);
    return this;
  }

  /** The results of the mapper. As in k6, a node for which the mapper throws has none. */
  map(mapper: (index: number, selection: Selection) => unknown): unknown[] {
    assertFunction(mapper, 'map');
    return this.toArray().flatMap((selection, index) => {
      try {
        return [mapper(index, selection)];
      } catch (error) {
        dropError(error);
        return [];
      }
    });
  }

  /** An attribute of the first node; `otherwise` if it has none of that name. */
  attr(name: string): string | undefined;
  attr<Otherwise>(name: string, otherwise: Otherwise): string | Otherwise;
  attr(name: string, otherwise?: unknown): unknown {
    return attributeOf(this.nodes[0], name) ?? otherwise;
  }

  /** The values of the first node's `data-` attributes, or the value of the one with this name. */
  data(name?: string): unknown {
    const [first] = this.nodes;
    const attributes = first && isElement(first) ? first.attribs : {};
    return Object.keys(attributes).length === 0 ? undefined : dataOf(attributes, name);
  }

  /** The content of the first node as HTML. */
  html(): string {
    const [first] = this.nodes;
    return first ? renderContent(first) : '';
  }

  text(): string {
    return this.nodes.map(textOf).join('');
  }

  /** The value that the first node would be submitted with. */
  val(): string | string[] | undefined {
    return fieldValueOf(this.nodes[0]);
  }

  serialize(): string {
    return serialize(fieldsOf(this.nodes));
  }

  serializeArray(): FormValue[] {
    return fieldsOf(this.nodes);
  }

  serializeObject(): Record<string, FormValue['value']> {
    return serializeObject(fieldsOf(this.nodes));
  }

  toJSON(): { url: string } {
    return { url: this.url };
  }
}

/** Drops the error of a mapper, as k6 does, but throws on the one that ends an iteration. */
export function dropError(error: unknown): void {
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

function assertFunction(value: unknown, method: string): void {
  if (typeof value === 'function') return;
  throw new TypeError(`the argument to ${method}() must be a function`);
}
