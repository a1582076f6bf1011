import { createRequire } from 'node:module';
import { createRecentMap } from '../../kernel/recent-map.ts';
import { type DomElement, type DomNode, isElement, isText, textOf } from './dom.ts';

type NodeTest = (node: DomNode) => boolean;

const require = createRequire(import.meta.url);

/** css-select is loaded when a script uses its first selector: most scripts never do. */
let compile: typeof import('css-select').compile | undefined;

/** The test of a selector: does a node match it? As in k6, no node matches a selector that cannot be read. */
export const testOf = createRecentMap(1_000, compileSelector);

function compileSelector(selector: string): NodeTest {
  compile ??= (require('css-select') as typeof import('css-select')).compile;
  try {
    return compile<DomNode, DomElement>(selector, {
      relativeSelector: false,
      pseudos: PSEUDO_CLASSES,
    });
  } catch {
    return () => false;
  }
}

/** A fieldset that is disabled disables the fields inside it, but not those inside its legend. */
const IN_DISABLED_FIELDSET = ['', ' *']
  .map((inside) => `fieldset[disabled] > :not(legend:first-of-type)${inside}`)
  .join();
const FIELDS = ':is(button, input, select, textarea, option)';
const GROUPS = ':is(optgroup, menuitem, fieldset)';

/** The pseudo-classes that k6 has beyond CSS, or understands in another way. */
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
