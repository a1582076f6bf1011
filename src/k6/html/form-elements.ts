import type { Element } from './element.ts';
import { valueOrContent } from './forms.ts';
import {
  absolute,
  all,
  choice,
  content,
  findInPage,
  flag,
  indexAmong,
  number,
  type Readers,
  reading,
  text,
  url,
} from './readers.ts';
import type { Selection } from './selection.ts';

/** The form a field belongs to: around it, or the one its `form` attribute names. */
function formOf(element: Element): Selection | undefined {
  const around = element.selection().closest('form');
  if (around.size() > 0) return around;
  const id = element.selection().attr('form', '');
  const named = id === '' ? undefined : findInPage(element, `#${id}`);
  return named && named.size() > 0 ? named : undefined;
}

export const form = (element: Element): Element | undefined => formOf(element)?.get(0);

/** The labels around an element, and those that name it. */
function labels(element: Element): Element[] {
  const around = element.selection().closest('label');
  const id = element.id();
  return (id === '' ? around : around.add(findInPage(element, `label[for="${id}"]`))).get();
}

const encoding = choice('application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain');
const onOrOff = choice('on', 'off');
const value = (element: Element): string => valueOrContent(element.selection());
const chosenIn = (element: Element): Selection => element.selection().find('option[selected]');

function floatOf(element: Element, attribute: string): number | undefined {
  const text = element.getAttribute(attribute)?.trim() ?? '';
  const float = text === '' ? Number.NaN : Number(text);
  return float >= 0 ? float : undefined;
}

function progressMax(element: Element): number {
  return floatOf(element, 'max') ?? 1;
}

function progressOf(element: Element): number | undefined {
  const done = floatOf(element, 'value');
  return done === undefined ? undefined : done / progressMax(element);
}

/** An attribute of the field itself (`formaction`), else of its form (`action`). */
function ofFieldOrForm(element: Element, attribute: string): string | undefined {
  return element.getAttribute(`form${attribute}`) ?? formOf(element)?.attr(attribute);
}

/** Inputs and buttons. */
const FIELD: Readers = {
  ...reading(text, 'name'),
  form,
  labels,
  formAction(element) {
    const action = ofFieldOrForm(element, 'action') ?? '';
    const page = element.selection().url;
    return page !== '' && action === '' ? page : (absolute(element, action) ?? action);
  },
  formEnctype(element) {
    const value = ofFieldOrForm(element, 'enctype') ?? '';
    const others = ['multipart/form-data', 'text/plain'];
    return others.includes(value) ? value : 'application/x-www-form-urlencoded';
  },
  formMethod: (element) =>
    ofFieldOrForm(element, 'method')?.toLowerCase() === 'post' ? 'post' : 'get',
  formNoValidate: (element) => ofFieldOrForm(element, 'novalidate') !== undefined,
  formTarget: (element) => ofFieldOrForm(element, 'target') ?? '',
};

/** Forms, and what stands in them. */
export const FORM_ELEMENTS: Record<string, Readers> = {
  button: {
    ...FIELD,
    ...reading(text, 'accessKey'),
    ...reading(flag, 'autofocus', 'disabled'),
    ...reading(number(0), 'tabIndex'),
    ...reading(choice('submit', 'button', 'menu', 'reset'), 'type'),
    value,
  },
  datalist: { options: all('option') },
  fieldset: {
    ...reading(flag, 'disabled'),
    ...reading(text, 'name'),
    form,
    type: () => 'fieldset',
    elements: all('input,select,button,textarea'),
    validity: () => undefined,
  },
  form: {
    ...reading(url, 'action'),
    ...reading(text, 'name', 'target'),
    ...reading(encoding, 'enctype'),
    ...reading(onOrOff, 'autocomplete'),
    ...reading(flag, 'noValidate'),
    encoding: encoding('enctype'),
    acceptCharset: text('accept-charset'),
    elements: all('input,select,button,textarea,fieldset'),
    length: (element) => element.querySelectorAll('input,select,button,textarea,fieldset').length,
    method: choice('get', 'post')('method'),
  },
  input: {
    ...FIELD,
    ...reading(text, 'value', 'alt', 'height', 'width', 'accept', 'pattern', 'placeholder'),
    ...reading(text, 'min', 'max', 'dirName', 'accessKey', 'step'),
    ...reading(number(0), 'tabIndex', 'size'),
    ...reading(number(-1), 'maxLength'),
    ...reading(flag, 'disabled', 'autofocus', 'required', 'checked', 'readonly', 'multiple'),
    ...reading(url, 'src'),
    ...reading(onOrOff, 'autocomplete'),
    ...reading(
      choice(
        ...(['text', 'button', 'checkbox', 'color', 'date', 'datetime-local', 'email'] as const),
        ...['file', 'hidden', 'image', 'month', 'number', 'password', 'radio', 'range', 'reset'],
        ...['search', 'submit', 'tel', 'time', 'url', 'week'],
      ),
      'type',
    ),
    defaultChecked: flag('checked'),
    defaultValue: text('value'),
    list(element) {
      const id = element.selection().attr('list', '');
      const type = element.selection().attr('type', '');
      const without = ['hidden', 'checkbox', 'radio', 'file', 'button'];
      if (id === '' || without.includes(type)) return undefined;
      return findInPage(element, `datalist[id="${id}"]`).get(0);
    },
  },
  keygen: {
    ...reading(flag, 'autofocus', 'disabled'),
    ...reading(text, 'challenge', 'name'),
    ...reading(choice('RSA', 'DSA', 'EC'), 'keytype'),
    form,
    labels,
    type: () => 'keygen',
  },
  label: {
    form,
    htmlFor: text('for'),
    control(element) {
      const id = element.getAttribute('for');
      return id === undefined ? undefined : findInPage(element, `#${id}`).get(0);
    },
  },
  legend: { ...reading(text, 'accessKey'), form },
  meter: { ...reading(number(0), 'min', 'max', 'high', 'low', 'optimum'), labels },
  optgroup: { ...reading(flag, 'disabled'), ...reading(text, 'label') },
  option: {
    ...reading(flag, 'selected'),
    defaultSelected: flag('selected'),
    disabled: (element) =>
      element.hasAttribute('disabled') ||
      element.selection().parents('optgroup').attr('disabled') !== undefined,
    form(element) {
      const around = element.selection().parents('form');
      if (around.size() > 0) return around.get(0);
      const id = element.selection().parents('select').attr('form');
      return id === undefined ? undefined : findInPage(element, `form#${id}`).get(0);
    },
    index: indexAmong('select,datalist', 'option', 0),
    label: (element) => element.getAttribute('label') ?? element.textContent(),
    text: content,
    value,
  },
  output: {
    ...reading(text, 'name'),
    form,
    labels,
    htmlFor: text('for'),
    type: () => 'output',
    value: content,
    defaultValue: content,
  },
  progress: {
    labels,
    max: progressMax,
    value: (element) => progressOf(element) ?? 0,
    position: (element) => progressOf(element) ?? -1,
  },
  select: {
    ...reading(flag, 'autofocus', 'disabled', 'multiple', 'required'),
    ...reading(text, 'name'),
    ...reading(number(0), 'tabIndex'),
    form,
    labels,
    options: all('option'),
    length: (element) => element.querySelectorAll('option').length,
    selectedIndex: (element) => element.selection().find('option').index(chosenIn(element)),
    selectedOptions: all('option[selected]'),
    size: (element) => (element.hasAttribute('multiple') ? 4 : 1),
    type: (element) => (element.hasAttribute('multiple') ? 'select-multiple' : 'select'),
    value: (element) => valueOrContent(chosenIn(element).first()),
  },
  textarea: {
    ...reading(text, 'value', 'placeholder', 'accessKey'),
    ...reading(number(0), 'rows', 'cols', 'maxLength', 'tabIndex'),
    ...reading(flag, 'readOnly', 'required'),
    ...reading(onOrOff, 'autocomplete'),
    ...reading(choice('sentences', 'none', 'off', 'characters', 'words'), 'autocapitalize'),
    ...reading(choice('soft', 'hard', 'off'), 'wrap'),
    form,
    labels,
    type: () => 'textarea',
    defaultValue: text('value'),
    length: (element) => Buffer.byteLength(element.selection().attr('value', '')),
  },
};
