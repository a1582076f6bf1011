import { attributeOf, type DomNode, descendantsOf, nameOf } from './dom.ts';
import { encodeForm } from './form-encoding.ts';
import { renderContent } from './render.ts';
import { testOf } from './selectors.ts';

/** A field as it would be submitted. A `select` with `multiple` has a list of values. */
export interface FormValue {
  name: string;
  value: string | string[] | undefined;
}

/** The value that a field would be submitted with; undefined for a node that is no field. */
export function fieldValueOf(node: DomNode | undefined): FormValue['value'] {
  if (node === undefined) return undefined;
  switch (nameOf(node)) {
    case 'input': {
      const isTickable = ['radio', 'checkbox'].includes(attributeOf(node, 'type') ?? '');
      return attributeOf(node, 'value') ?? (isTickable ? 'on' : '');
    }
    case 'button':
      return attributeOf(node, 'value') ?? '';
    case 'textarea':
      return renderContent(node);
    case 'option':
      return valueOrContent(node);
    case 'select': {
      const chosen = descendantsOf(node).filter(testOf('option[selected]'));
      return attributeOf(node, 'multiple') === undefined
        ? valueOrContent(chosen[0])
        : chosen.map(valueOrContent);
    }
    default:
      return undefined;
  }
}

/** The attribute `value` of a node, else its content as HTML; empty without a node. */
export function valueOrContent(node: DomNode | undefined): string {
  return attributeOf(node, 'value') ?? (node ? renderContent(node) : '');
}

const NEVER_SUBMITTED = ['submit', 'button', 'reset', 'image', 'file'];

/**
 * The fields inside the nodes if one of them is a form, else those nodes that are fields themselves. By k6's rules an
 * attribute like `checked` counts only if its value is its own name.
 */
export function fieldsOf(nodes: readonly DomNode[]): FormValue[] {
  const isField = testOf('input,select,textarea,keygen');
  const searched = nodes.some(testOf('form')) ? new Set(nodes.flatMap(descendantsOf)) : nodes;
  return [...searched].filter(isField).flatMap((field) => {
    const type = attributeOf(field, 'type') ?? '';
    const name = attributeOf(field, 'name') ?? '';
    const isTickable = type === 'checkbox' || type === 'radio';
    const isLeftOut =
      name === '' ||
      attributeOf(field, 'disabled') === 'disabled' ||
      NEVER_SUBMITTED.includes(type) ||
      (isTickable && attributeOf(field, 'checked') !== 'checked');
    return isLeftOut ? [] : [{ name, value: fieldValueOf(field) }];
  });
}

/** The values by the names of their fields. The last of several fields with the same name counts. */
export function serializeObject(fields: FormValue[]): Record<string, FormValue['value']> {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
}

/** The fields as a query, without those that have no value. */
export function serialize(fields: FormValue[]): string {
  return encodeForm(serializeObject(fields.filter(({ value }) => value !== undefined)));
}
