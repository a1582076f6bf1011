import { Element } from './element.ts';
import { FORM_ELEMENTS, form } from './form-elements.ts';
import { LINK_URL } from './link-url.ts';
import {
  absolute,
  all,
  choice,
  content,
  findInPage,
  flag,
  number,
  optionalChoice,
  type Readers,
  reading,
  text,
  url,
} from './readers.ts';
import type { Selection } from './selection.ts';
import { TABLE_ELEMENTS } from './table-elements.ts';

const relList = (element: Element): string[] => element.getAttribute('rel')?.split(' ') ?? [];
const referrerPolicy = choice(
  ...(['', 'no-referrer', 'no-referrer-when-downgrade', 'origin'] as const),
  ...['origin-when-cross-origin', 'unsafe-url'],
);
const crossOrigin = optionalChoice('anonymous', 'use-credentials');

const HREF: Readers = {
  ...reading(text, 'download', 'rel', 'target', 'type', 'accessKey', 'hrefLang'),
  ...reading(referrerPolicy, 'referrerPolicy'),
  ...reading(url, 'href'),
  ...LINK_URL,
  relList,
  text: content,
  toString: url('href'),
};

const MEDIA: Readers = {
  ...reading(flag, 'autoplay', 'controls', 'loop', 'muted'),
  ...reading(choice('auto', 'metadata', 'none'), 'preload'),
  ...reading(url, 'src'),
  ...reading(crossOrigin, 'crossOrigin'),
  ...reading(text, 'mediaGroup'),
  currentSrc: text('src'),
  defaultMuted: flag('muted'),
  textTracks: all('track'),
};

const CITING: Readers = reading(text, 'cite', 'datetime');

/** Elements by their tags. Names and defaults are k6's. */
const KINDS: Record<string, Readers> = {
  ...FORM_ELEMENTS,
  ...TABLE_ELEMENTS,
  a: HREF,
  area: HREF,
  audio: MEDIA,
  base: {
    ...reading(text, 'target'),
    href: (element) =>
      absolute(element, element.getAttribute('href') ?? '') ?? element.selection().url,
  },
  canvas: reading(number(150), 'width', 'height'),
  data: reading(text, 'value'),
  del: CITING,
  ins: CITING,
  embed: reading(text, 'height', 'width', 'src', 'type'),
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
    currentSrc: url('src'),
  },
  li: {
    ...reading(number(0), 'value'),
    ...reading(choice('', '1', 'a', 'A', 'i', 'I', 'disc', 'square', 'circle'), 'type'),
  },
  link: {
    ...reading(crossOrigin, 'crossOrigin'),
    ...reading(referrerPolicy, 'referrerPolicy'),
    ...reading(url, 'href'),
    ...reading(text, 'hreflang', 'media', 'rel', 'target', 'type'),
    relList,
  },
  map: {
    ...reading(text, 'name'),
    areas: all('area'),
    images(element) {
      const id = element.getAttribute('id');
      if (id === undefined) return [];
      return findInPage(element, `img[usemap="#${id}"],object[usemap="#${id}"]`).get();
    },
  },
  meta: {
    ...reading(text, 'content', 'name'),
    httpEquiv: choice('content-type', 'default-style', 'refresh')('http-equiv'),
  },
  object: {
    ...reading(url, 'data'),
    ...reading(text, 'height', 'name', 'type', 'useMap', 'width'),
    ...reading(number(0), 'tabIndex'),
    ...reading(flag, 'typeMustMatch'),
    form,
  },
  ol: {
    ...reading(flag, 'reversed'),
    ...reading(number(0), 'start'),
    ...reading(choice('1', 'a', 'A', 'i', 'I'), 'type'),
  },
  param: reading(text, 'name', 'value'),
  pre: reading(text, 'name', 'value'),
  quote: reading(text, 'cite'),
  script: {
    ...reading(text, 'crossOrigin', 'type', 'charset'),
    ...reading(url, 'src'),
    ...reading(flag, 'async', 'defer', 'noModule'),
    text: content,
  },
  source: {
    ...reading(text, 'keySystem', 'media', 'sizes', 'srcset', 'type'),
    ...reading(url, 'src'),
  },
  style: {
    ...reading(text, 'media'),
    type: (element) => element.getAttribute('type') || 'text/css',
  },
  time: reading(text, 'datetime'),
  title: { text: content },
  track: {
    ...reading(choice('subtitle', 'captions', 'descriptions', 'chapters', 'metadata'), 'kind'),
    ...reading(url, 'src'),
    ...reading(text, 'srclang', 'label'),
    ...reading(flag, 'default'),
  },
  ul: reading(text, 'type'),
  video: MEDIA,
};

/** The names of all methods that only some elements have. */
export const ELEMENT_METHODS: ReadonlySet<string> = new Set(
  Object.values(KINDS).flatMap(Object.keys),
);

/** One class for each kind. */
const CLASSES = new Map(Object.entries(KINDS).map(([name, readers]) => [name, kindOf(readers)]));

function kindOf(readers: Readers): typeof Element {
  const kind = class extends Element {};
  for (const [name, read] of Object.entries(readers)) {
    const method = function (this: Element): unknown {
      return read(this);
    };
    Object.defineProperty(kind.prototype, name, { value: method });
  }
  return kind;
}

/** The first node of a selection as an element of its kind. */
export function elementOf(selection: Selection): Element {
  const name = new Element(selection).nodeName();
  return new (CLASSES.get(name) ?? Element)(selection);
}
