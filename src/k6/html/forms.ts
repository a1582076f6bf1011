import { encodeForm } from './form-encoding.ts';
import type { Selection } from './selection.ts';

/** A field that would be submitted; several values where several options are chosen. */
export interface FormValue {
  name: string;
  value: string | string[] | undefined;
}

/** What a field's first node would be submitted with; undefined for what is no field. */
export function fieldValueOf(selection: Selection): FormValue['value'] {
  switch (selection.get(0)?.nodeName()) {
    case 'input': {
      const isTicked = ['radio', 'checkbox'].includes(selection.attr('type', ''));
      return selection.attr('value', isTicked ? 'on' : '');
    }
    case 'button':
      return selection.attr('value', '');
    case 'textarea':
      return selection.html();
    case 'option':
      return valueOrContent(selection);
    case 'select': {
      const chosen = selection.first().find('option[selected]');
      return selection.attr('multiple') === undefined
        ? valueOrContent(chosen)
        : chosen.toArray().map(valueOrContent);
    }
    default:
      return undefined;
  }
}

export function valueOrContent(selection: Selection): string {
  return selection.attr('value') ?? selection.html();
}

const NEVER_SUBMITTED = ['submit', 'button', 'reset', 'image', 'file'];

/** The fields of a form, or those of a selection that are, by k6's rules: an attribute like `checked` has to have its name for a value. */
export function fieldsOf(selection: Selection): FormValue[] {
  const fields = 'input,select,textarea,keygen';
  const all = selection.is('form') ? selection.find(fields) : selection.filter(fields);
  return all.toArray().flatMap((field) => {
    const type = field.attr('type', '');
    const name = field.attr('name', '');
    const isTickable = type === 'checkbox' || type === 'radio';
    const isLeftOut =
      name === '' ||
      field.attr('disabled') === 'disabled' ||
      NEVER_SUBMITTED.includes(type) ||
      (isTickable && field.attr('checked') !== 'checked');
    return isLeftOut ? [] : [{ name, value: fieldValueOf(field) }];
  });
}

/** Of fields that have the same name the last one counts. */
export function serializeObject(fields: FormValue[]): Record<string, FormValue['value']> {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
}

export function serialize(fields: FormValue[]): string {
  return encodeForm(serializeObject(fields.filter(({ value }) => value !== undefined)));
}
