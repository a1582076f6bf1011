import { Element } from './element.ts';
import { valueOrContent } from './forms.ts';
import { LINK_URL } from './link-url.ts';
import type { Selection } from './selection.ts';
import { formatUrl, resolveReference } from './url-reference.ts';

/** What elements of some kind have beside what all have. */
type Methods = Record<string, (this: Element) => unknown>;

// What most of them answer: an attribute, which goes by the method's name in small letters.

const text =
  (attribute: string) =>
  (element: Element): string =>
    element.selection().attr(attribute, '');

const flag =
  (attribute: string) =>
  (element: Element): boolean =>
    element.hasAttribute(attribute);

const number =
  (otherwise: number) =>
  (attribute: string) =>
  (element: Element): number => {
    const value = element.getAttribute(attribute) ?? '';
    return /^[+-]?\d+$/.test(value) ? Number(value) : otherwise;
  };

/** One of the values that are known, else the first of them. */
const choice =
  (otherwise: string, ...others: string[]) =>
  (attribute: string) =>
  (element: Element): string => {
    const value = element.selection().attr(attribute, '');
    return others.includes(value) ? value : otherwise;
  };

const optionalChoice =
  (...known: string[]) =>
  (attribute: string) =>
  (element: Element): string | undefined => {
    const value = element.getAttribute(attribute);
    return value !== undefined && known.includes(value) ? value : undefined;
  };

/** Made absolute, if the page's own URL is known. */
const url =
  (attribute: string) =>
  (element: Element): string => {
    const reference = element.getAttribute(attribute);
    return reference === undefined ? '' : (absolute(element, reference) ?? '');
  };

function absolute(element: Element, reference: string): string | undefined {
  const page = element.selection().url;
  if (page === '') return reference;
  const parts = resolveReference(page, reference);
  return parts && formatUrl(parts);
}

function reading(
  read: (attribute: string) => (element: Element) => unknown,
  ...names: string[]
): Methods {
  return own(Object.fromEntries(names.map((name) => [name, read(name.toLowerCase())])));
}

/** Functions of an element as its methods. */
function own(functions: Record<string, (element: Element) => unknown>): Methods {
  return Object.fromEntries(
    Object.entries(functions).map(([name, read]) => [
      name,
      function (this: Element) {
        return read(this);
      },
    ]),
  );
}

// Ways from an element to others.

const all =
  (selector: string) =>
  (element: Element): Element[] =>
    element.querySelectorAll(selector);

/** The whole document, for what is told by its id. */
function findInPage(element: Element, selector: string): Selection {
  return element.selection().parents().last().find(selector);
}

/** The form a field belongs to: around it, or the one its `form` attribute names. */
function formOf(element: Element): Selection | undefined {
  const around = element.selection().closest('form');
  if (around.size() > 0) return around;
  const id = element.selection().attr('form', '');
  const named = id === '' ? undefined : findInPage(element, `#${id}`);
  return named && named.size() > 0 ? named : undefined;
}

const form = (element: Element): Element | undefined => formOf(element)?.get(0);

/** Around the element, and those that name it. */
function labels(element: Element): Element[] {
  const around = element.selection().closest('label');
  const id = element.id();
  return (id === '' ? around : around.add(findInPage(element, `label[for="${id}"]`))).get();
}

/** Where the element stands among those of `selector` in the closest of `containers` around it. */
const indexAmong =
  (containers: string, selector: string, otherwise: number) =>
  (element: Element): number => {
    const container = element.selection().parents(containers);
    return container.size() === 0 ? otherwise : container.find(selector).index(element);
  };

const content = (element: Element): string => element.textContent();
const relList = (element: Element): string[] => element.getAttribute('rel')?.split(' ') ?? [];
const referrerPolicy = choice(
  ...(['', 'no-referrer', 'no-referrer-when-downgrade', 'origin'] as const),
  ...['origin-when-cross-origin', 'unsafe-url'],
);
const crossOrigin = optionalChoice('anonymous', 'use-credentials');
const encoding = choice('application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain');
const onOrOff = choice('on', 'off');

// Kinds of elements. Names and defaults are k6's.

const HREF: Methods = {
  ...reading(text, 'download', 'rel', 'target', 'type', 'accessKey', 'hrefLang'),
  ...reading(referrerPolicy, 'referrerPolicy'),
  ...reading(url, 'href'),
  ...own({ ...LINK_URL, relList, text: content, toString: url('href') }),
};

const MEDIA: Methods = {
  ...reading(flag, 'autoplay', 'controls', 'loop', 'muted'),
  ...reading(choice('auto', 'metadata', 'none'), 'preload'),
  ...reading(url, 'src'),
  ...reading(crossOrigin, 'crossOrigin'),
  ...reading(text, 'mediaGroup'),
  ...own({ currentSrc: text('src'), defaultMuted: flag('muted'), textTracks: all('track') }),
};

/** An attribute of the field itself (`formaction`), else of its form (`action`). */
function ofFieldOrForm(element: Element, attribute: string): string | undefined {
  return element.getAttribute(`form${attribute}`) ?? formOf(element)?.attr(attribute);
}

const FIELD: Methods = {
  ...reading(text, 'name'),
  ...own({
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
  }),
};

const CITING: Methods = reading(text, 'cite', 'datetime');
const TABLE_SECTION: Methods = own({ rows: all('tr') });
const TABLE_CELL: Methods = {
  ...reading(number(1), 'colSpan', 'rowSpan'),
  ...reading(text, 'headers'),
  ...own({ cellIndex: indexAmong('tr', 'th,td', -1) }),
};

const value = (element: Element): string => valueOrContent(element.selection());
const chosenIn = (element: Element): Selection => element.selection().find('option[selected]');

const KINDS: Record<string, Methods> = {
  a: HREF,
  area: HREF,
  audio: MEDIA,
  base: {
    ...reading(text, 'target'),
    ...own({
      href: (element) =>
        absolute(element, element.getAttribute('href') ?? '') ?? element.selection().url,
    }),
  },
  button: {
    ...FIELD,
    ...reading(text, 'accessKey'),
    ...reading(flag, 'autofocus', 'disabled'),
    ...reading(number(0), 'tabIndex'),
    ...reading(choice('submit', 'button', 'menu', 'reset'), 'type'),
    ...own({ value }),
  },
  canvas: reading(number(150), 'width', 'height'),
  data: reading(text, 'value'),
  datalist: own({ options: all('option') }),
  del: CITING,
  ins: CITING,
  embed: reading(text, 'height', 'width', 'src', 'type'),
  fieldset: {
    ...reading(flag, 'disabled'),
    ...reading(text, 'name'),
    ...own({
      form,
      type: () => 'fieldset',
      elements: all('input,select,button,textarea'),
      validity: () => undefined,
    }),
  },
  form: {
    ...reading(url, 'action'),
    ...reading(text, 'name', 'target'),
    ...reading(encoding, 'enctype'),
    ...reading(onOrOff, 'autocomplete'),
    ...reading(flag, 'noValidate'),
    ...own({
      encoding: encoding('enctype'),
      acceptCharset: text('accept-charset'),
      elements: all('input,select,button,textarea,fieldset'),
      length: (element) => element.querySelectorAll('input,select,button,textarea,fieldset').length,
      method: choice('get', 'post')('method'),
    }),
  },
  iframe: {
    ...reading(flag, 'allowfullscreen'),
    ...reading(referrerPolicy, 'referrerPolicy'),
    ...reading(text, 'height', 'width', 'name'),
    ...reading(url, 'src'),
  },
  img: {
    ...reading(url, 'src'),
    ...reading(text, 'sizes', 'srcset', 'alt', 'name', 'useMap'),
    ...reading(crossOrigin, 'crossOrigin'),
    ...reading(number(0), 'height', 'width'),
    ...reading(flag, 'isMap'),
    ...reading(referrerPolicy, 'referrerPolicy'),
    ...own({ currentSrc: url('src') }),
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
    ...own({
      defaultChecked: flag('checked'),
      defaultValue: text('value'),
      list(element) {
        const id = element.selection().attr('list', '');
        const type = element.selection().attr('type', '');
        const without = ['hidden', 'checkbox', 'radio', 'file', 'button'];
        if (id === '' || without.includes(type)) return undefined;
        return findInPage(element, `datalist[id="${id}"]`).get(0);
      },
    }),
  },
  keygen: {
    ...reading(flag, 'autofocus', 'disabled'),
    ...reading(text, 'challenge', 'name'),
    ...reading(choice('RSA', 'DSA', 'EC'), 'keytype'),
    ...own({ form, labels, type: () => 'keygen' }),
  },
  label: own({
    form,
    htmlFor: text('for'),
    control(element) {
      const id = element.getAttribute('for');
      return id === undefined ? undefined : findInPage(element, `#${id}`).get(0);
    },
  }),
  legend: { ...reading(text, 'accessKey'), ...own({ form }) },
  li: {
    ...reading(number(0), 'value'),
    ...reading(choice('', '1', 'a', 'A', 'i', 'I', 'disc', 'square', 'circle'), 'type'),
  },
  link: {
    ...reading(crossOrigin, 'crossOrigin'),
    ...reading(referrerPolicy, 'referrerPolicy'),
    ...reading(url, 'href'),
    ...reading(text, 'hreflang', 'media', 'rel', 'target', 'type'),
    ...own({ relList }),
  },
  map: {
    ...reading(text, 'name'),
    ...own({
      areas: all('area'),
      images(element) {
        const id = element.getAttribute('id');
        if (id === undefined) return [];
        return findInPage(element, `img[usemap="#${id}"],object[usemap="#${id}"]`).get();
      },
    }),
  },
  meta: {
    ...reading(text, 'content', 'name'),
    ...own({ httpEquiv: choice('content-type', 'default-style', 'refresh')('http-equiv') }),
  },
  meter: { ...reading(number(0), 'min', 'max', 'high', 'low', 'optimum'), ...own({ labels }) },
  object: {
    ...reading(url, 'data'),
    ...reading(text, 'height', 'name', 'type', 'useMap', 'width'),
    ...reading(number(0), 'tabIndex'),
    ...reading(flag, 'typeMustMatch'),
    ...own({ form }),
  },
  ol: {
    ...reading(flag, 'reversed'),
    ...reading(number(0), 'start'),
    ...reading(choice('1', 'a', 'A', 'i', 'I'), 'type'),
  },
  optgroup: { ...reading(flag, 'disabled'), ...reading(text, 'label') },
  option: {
    ...reading(flag, 'selected'),
    ...own({
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
    }),
  },
  output: {
    ...reading(text, 'name'),
    ...own({
      form,
      labels,
      htmlFor: text('for'),
      type: () => 'output',
      value: content,
      defaultValue: content,
    }),
  },
  param: reading(text, 'name', 'value'),
  pre: reading(text, 'name', 'value'),
  progress: own({
    labels,
    max: progressMax,
    value: (element) => progressOf(element) ?? 0,
    position: (element) => progressOf(element) ?? -1,
  }),
  quote: reading(text, 'cite'),
  script: {
    ...reading(text, 'crossOrigin', 'type', 'charset'),
    ...reading(url, 'src'),
    ...reading(flag, 'async', 'defer', 'noModule'),
    ...own({ text: content }),
  },
  select: {
    ...reading(flag, 'autofocus', 'disabled', 'multiple', 'required'),
    ...reading(text, 'name'),
    ...reading(number(0), 'tabIndex'),
    ...own({
      form,
      labels,
      options: all('option'),
      length: (element) => element.querySelectorAll('option').length,
      selectedIndex: (element) => element.selection().find('option').index(chosenIn(element)),
      selectedOptions: all('option[selected]'),
      size: (element) => (element.hasAttribute('multiple') ? 4 : 1),
      type: (element) => (element.hasAttribute('multiple') ? 'select-multiple' : 'select'),
      value: (element) => valueOrContent(chosenIn(element).first()),
    }),
  },
  source: {
    ...reading(text, 'keySystem', 'media', 'sizes', 'srcset', 'type'),
    ...reading(url, 'src'),
  },
  style: {
    ...reading(text, 'media'),
    ...own({ type: (element) => element.getAttribute('type') || 'text/css' }),
  },
  table: {
    ...reading(flag, 'sortable'),
    ...own({
      caption: (element) => element.selection().children('caption').get(0),
      tHead: (element) => element.selection().children('thead').get(0),
      tFoot: (element) => element.selection().children('tfoot').get(0),
      tBodies: all('tbody'),
      rows: all('tr'),
    }),
  },
  thead: TABLE_SECTION,
  tbody: TABLE_SECTION,
  tfoot: TABLE_SECTION,
  tr: own({
    cells: all('th,td'),
    rowIndex: indexAmong('table', 'tr', -1),
    sectionRowIndex: indexAmong('thead,tbody,tfoot', 'tr', -1),
  }),
  col: own({ span: (element) => Math.max(1, number(1)('span')(element)) }),
  td: TABLE_CELL,
  th: {
    ...TABLE_CELL,
    ...reading(text, 'abbr'),
    ...reading(choice('', 'row', 'col', 'colgroup', 'rowgroup'), 'scope'),
    ...reading(flag, 'sorted'),
  },
  textarea: {
    ...reading(text, 'value', 'placeholder', 'accessKey'),
    ...reading(number(0), 'rows', 'cols', 'maxLength', 'tabIndex'),
    ...reading(flag, 'readOnly', 'required'),
    ...reading(onOrOff, 'autocomplete'),
    ...reading(choice('sentences', 'none', 'off', 'characters', 'words'), 'autocapitalize'),
    ...reading(choice('soft', 'hard', 'off'), 'wrap'),
    ...own({
      form,
      labels,
      type: () => 'textarea',
      defaultValue: text('value'),
      length: (element) => Buffer.byteLength(element.selection().attr('value', '')),
    }),
  },
  time: reading(text, 'datetime'),
  title: own({ text: content }),
  track: {
    ...reading(choice('subtitle', 'captions', 'descriptions', 'chapters', 'metadata'), 'kind'),
    ...reading(url, 'src'),
    ...reading(text, 'srclang', 'label'),
    ...reading(flag, 'default'),
  },
  ul: reading(text, 'type'),
  video: MEDIA,
};

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

/** The names of all methods that only some elements have. */
export const ELEMENT_METHODS: ReadonlySet<string> = new Set(
  Object.values(KINDS).flatMap(Object.keys),
);

/** One class for each kind. */
const CLASSES = new Map(
  Object.entries(KINDS).map(([name, methods]) => {
    const kind = class extends Element {};
    Object.assign(kind.prototype, methods);
    return [name, kind];
  }),
);

/** The first node of a selection as an element of its kind. */
export function elementOf(selection: Selection): Element {
  const name = new Element(selection).nodeName();
  return new (CLASSES.get(name) ?? Element)(selection);
}
