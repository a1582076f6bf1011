import type { Element } from './element.ts';
import { valueOrContent } from './forms.ts';
import * as read from './readers.ts';
import type { Selection } from './selection.ts';

/** The form a field belongs to: the one around it, else the one that its attribute `form` names. */
function formOf(element: Element): Selection | undefined {
  const around = element.selection().closest('form');
  if (around.size() > 0) return around;
  const id = element.selection().attr('form', '');
  const named = id === '' ? undefined : read.findInPage(element, `#${id}`);
  return named && named.size() > 0 ? named : undefined;
}

export const form = (element: Element): Element | undefined => formOf(element)?.get(0);

/** The labels around an element, and those that name it by its id. */
function labels(element: Element): Element[] {
  const around = element.selection().closest('label');
  const id = element.id();
  return (id === '' ? around : around.add(read.findInPage(element, `label[for="${id}"]`))).get();
}

const encoding = read.choice(
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
);
const onOrOff = read.choice('on', 'off');
const value = (element: Element): string => valueOrContent(element.selection().nodes[0]);
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

/** An attribute of the field itself (`formaction`), else the one of its form (`action`). */
function ofFieldOrForm(element: Element, attribute: string): string | undefined {
  return element.getAttribute(`form${attribute}`) ?? formOf(element)?.attr(attribute);
}

/** The methods of inputs and buttons alike. */
const FIELD: read.Readers = {
  ...read.attributes(read.text, 'name'),
  form,
  labels,
  formAction(element) {
    const action = ofFieldOrForm(element, 'action') ?? '';
    const page = element.selection().url;
    return page !== '' && action === '' ? page : (read.absolute(element, action) ?? action);
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

/** The methods of forms and of the elements in them. Names and defaults are those of k6. */
export const FORM_ELEMENTS: Record<string, read.Readers> = {
  button: {
    ...FIELD,
    ...read.attributes(read.text, 'accessKey'),
    ...read.attributes(read.flag, 'autofocus', 'disabled'),
    ...read.attributes(read.number(0), 'tabIndex'),
    ...read.attributes(read.choice('submit', 'button', 'menu', 'reset'), 'type'),
    value,
  },
  datalist: { options: read.all('option') },
  fieldset: {
    ...read.attributes(read.flag, 'disabled'),
    ...read.attributes(read.text, 'name'),
    form,
    type: () => 'fieldset',
    elements: read.all('input,select,button,textarea'),
    validity: () => undefined,
  },
  form: {
    ...read.attributes(read.url, 'action'),
    ...read.attributes(read.text, 'name', 'target'),
    ...read.attributes(encoding, 'enctype'),
    ...read.attributes(onOrOff, 'autocomplete'),
    ...read.attributes(read.flag, 'noValidate'),
    encoding: encoding('enctype'),
    acceptCharset: read.text('accept-charset'),
    elements: read.all('input,select,button,textarea,fieldset'),
    length: (element) => element.querySelectorAll('input,select,button,textarea,fieldset').length,
    method: read.choice('get', 'post')('method'),
  },
  input: {
    ...FIELD,
    ...read.attributes(
      read.text,
      'value',
      'alt',
      'height',
      'width',
      'accept',
      'pattern',
      'placeholder',
    ),
    ...read.attributes(read.text, 'min', 'max', 'dirName', 'accessKey', 'step'),
    ...read.attributes(read.number(0), 'tabIndex', 'size'),
    ...read.attributes(read.number(-1), 'maxLength'),
    ...read.attributes(
      read.flag,
      'disabled',
      'autofocus',
      'required',
      'checked',
      'readonly',
      'multiple',
    ),
    ...read.attributes(read.url, 'src'),
    ...read.attributes(onOrOff, 'autocomplete'),
    ...read.attributes(
      read.choice(
        ...(['text', 'button', 'checkbox', 'color', 'date', 'datetime-local', 'email'] as const),
        ...['file', 'hidden', 'image', 'month', 'number', 'password', 'radio', 'range', 'reset'],
        ...['search', 'submit', 'tel', 'time', 'url', 'week'],
      ),
      'type',
    ),
    defaultChecked: read.flag('checked'),
    defaultValue: read.text('value'),
    list(element) {
      const id = element.selection().attr('list', '');
      const type = element.selection().attr('type', '');
      const without = ['hidden', 'checkbox', 'radio', 'file', 'button'];
      if (id === '' || without.includes(type)) return undefined;
      return read.findInPage(element, `datalist[id="${id}"]`).get(0);
    },
  },
  keygen: {
    ...read.attributes(read.flag, 'autofocus', 'disabled'),
    ...read.attributes(read.text, 'challenge', 'name'),
    ...read.attributes(read.choice('RSA', 'DSA', 'EC'), 'keytype'),
    form,
    labels,
    type: () => 'keygen',
  },
  label: {
    form,
    htmlFor: read.text('for'),
    control(element) {
      const id = element.getAttribute('for');
      return id === undefined ? undefined : read.findInPage(element, `#${id}`).get(0);
    },
  },
  legend: { ...read.attributes(read.text, 'accessKey'), form },
  meter: { ...read.attributes(read.number(0), 'min', 'max', 'high', 'low', 'optimum'), labels },
  optgroup: { ...read.attributes(read.flag, 'disabled'), ...read.attributes(read.text, 'label') },
  option: {
    ...read.attributes(read.flag, 'selected'),
    defaultSelected: read.flag('selected'),
    disabled: (element) =>
      element.hasAttribute('disabled') ||
      element.selection().parents('optgroup').attr('disabled') !== undefined,
    form(element) {
      const around = element.selection().parents('form');
      if (around.size() > 0) return around.get(0);
      const id = element.selection().parents('select').attr('form');
      return id === undefined ? undefined : read.findInPage(element, `form#${id}`).get(0);
    },
    index: read.indexAmong('select,datalist', 'option', 0),
    label: (element) => element.getAttribute('label') ?? element.textContent(),
    text: read.content,
    value,
  },
  output: {
    ...read.attributes(read.text, 'name'),
    form,
    labels,
    htmlFor: read.text('for'),
    type: () => 'output',
    value: read.content,
    defaultValue: read.content,
  },
  progress: {
    labels,
    max: progressMax,
    value: (element) => progressOf(element) ?? 0,
    position: (element) => progressOf(element) ?? -1,
  },
  select: {
    ...read.attributes(read.flag, 'autofocus', 'disabled', 'multiple', 'required'),
    ...read.attributes(read.text, 'name'),
    ...read.attributes(read.number(0), 'tabIndex'),
    form,
    labels,
    options: read.all('option'),
    length: (element) => element.querySelectorAll('option').length,
    selectedIndex: (element) => element.selection().find('option').index(chosenIn(element)),
    selectedOptions: read.all('option[selected]'),
    size: (element) => (element.hasAttribute('multiple') ? 4 : 1),
    type: (element) => (element.hasAttribute('multiple') ? 'select-multiple' : 'select'),
    value: (element) => valueOrContent(chosenIn(element).nodes[0]),
  },
  textarea: {
    ...read.attributes(read.text, 'value', 'placeholder', 'accessKey'),
    ...read.attributes(read.number(0), 'rows', 'cols', 'maxLength', 'tabIndex'),
    ...read.attributes(read.flag, 'readOnly', 'required'),
    ...read.attributes(onOrOff, 'autocomplete'),
    ...read.attributes(
      read.choice('sentences', 'none', 'off', 'characters', 'words'),
      'autocapitalize',
    ),
    ...read.attributes(read.choice('soft', 'hard', 'off'), 'wrap'),
    form,
    labels,
    type: () => 'textarea',
    defaultValue: read.text('value'),
    length: (element) => Buffer.byteLength(element.selection().attr('value', '')),
  },
};
