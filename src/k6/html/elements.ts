import { nameOf } from './dom.ts';
import { Element } from './element.ts';
import { FORM_ELEMENTS, form } from './form-elements.ts';
import { LINK_URL } from './link-url.ts';
import * as read from './readers.ts';
import type { Selection } from './selection.ts';
import { TABLE_ELEMENTS } from './table-elements.ts';

const relList = (element: Element): string[] => element.getAttribute('rel')?.split(' ') ?? [];
const referrerPolicy = read.choice(
  ...(['', 'no-referrer', 'no-referrer-when-downgrade', 'origin'] as const),
  ...['origin-when-cross-origin', 'unsafe-url'],
);
const crossOrigin = read.optionalChoice('anonymous', 'use-credentials');

const HREF: read.Readers = {
  ...read.attributes(read.text, 'download', 'rel', 'target', 'type', 'accessKey', 'hrefLang'),
  ...read.attributes(referrerPolicy, 'referrerPolicy'),
  ...read.attributes(read.url, 'href'),
  ...LINK_URL,
  relList,
  text: read.content,
  toString: read.url('href'),
};

const MEDIA: read.Readers = {
  ...read.attributes(read.flag, 'autoplay', 'controls', 'loop', 'muted'),
  ...read.attributes(read.choice('auto', 'metadata', 'none'), 'preload'),
  ...read.attributes(read.url, 'src'),
  ...read.attributes(crossOrigin, 'crossOrigin'),
  ...read.attributes(read.text, 'mediaGroup'),
  currentSrc: read.text('src'),
  defaultMuted: read.flag('muted'),
  textTracks: read.all('track'),
};

const CITING: read.Readers = read.attributes(read.text, 'cite', 'datetime');

/** The methods of elements by their tags. Names and defaults are those of k6. */
const KINDS: Record<string, read.Readers> = {
  ...FORM_ELEMENTS,
  ...TABLE_ELEMENTS,
  a: HREF,
  area: HREF,
  audio: MEDIA,
  base: {
    ...read.attributes(read.text, 'target'),
    href: (element) =>
      read.absolute(element, element.getAttribute('href') ?? '') ?? element.selection().url,
  },
  canvas: read.attributes(read.number(150), 'width', 'height'),
  data: read.attributes(read.text, 'value'),
  del: CITING,
  ins: CITING,
  embed: read.attributes(read.text, 'height', 'width', 'src', 'type'),
  iframe: {
    ...read.attributes(read.flag, 'allowfullscreen'),
    ...read.attributes(referrerPolicy, 'referrerPolicy'),
    ...read.attributes(read.text, 'height', 'width', 'name'),
    ...read.attributes(read.url, 'src'),
  },
  img: {
    ...read.attributes(read.url, 'src'),
    ...read.attributes(read.text, 'sizes', 'srcset', 'alt', 'name', 'useMap'),
    ...read.attributes(crossOrigin, 'crossOrigin'),
    ...read.attributes(read.number(0), 'height', 'width'),
    ...read.attributes(read.flag, 'isMap'),
    ...read.attributes(referrerPolicy, 'referrerPolicy'),
    currentSrc: read.url('src'),
  },
  li: {
    ...read.attributes(read.number(0), 'value'),
    ...read.attributes(
      read.choice('', '1', 'a', 'A', 'i', 'I', 'disc', 'square', 'circle'),
      'type',
    ),
  },
  link: {
    ...read.attributes(crossOrigin, 'crossOrigin'),
    ...read.attributes(referrerPolicy, 'referrerPolicy'),
    ...read.attributes(read.url, 'href'),
    ...read.attributes(read.text, 'hreflang', 'media', 'rel', 'target', 'type'),
    relList,
  },
  map: {
    ...read.attributes(read.text, 'name'),
    areas: read.all('area'),
    images(element) {
      const id = element.getAttribute('id');
      if (id === undefined) return [];
      return read.findInPage(element, `img[usemap="#${id}"],object[usemap="#${id}"]`).get();
    },
  },
  meta: {
    ...read.attributes(read.text, 'content', 'name'),
    httpEquiv: read.choice('content-type', 'default-style', 'refresh')('http-equiv'),
  },
  object: {
    ...read.attributes(read.url, 'data'),
    ...read.attributes(read.text, 'height', 'name', 'type', 'useMap', 'width'),
    ...read.attributes(read.number(0), 'tabIndex'),
    ...read.attributes(read.flag, 'typeMustMatch'),
    form,
  },
  ol: {
    ...read.attributes(read.flag, 'reversed'),
    ...read.attributes(read.number(0), 'start'),
    ...read.attributes(read.choice('1', 'a', 'A', 'i', 'I'), 'type'),
  },
  param: read.attributes(read.text, 'name', 'value'),
  pre: read.attributes(read.text, 'name', 'value'),
  quote: read.attributes(read.text, 'cite'),
  script: {
    ...read.attributes(read.text, 'crossOrigin', 'type', 'charset'),
    ...read.attributes(read.url, 'src'),
    ...read.attributes(read.flag, 'async', 'defer', 'noModule'),
    text: read.content,
  },
  source: {
    ...read.attributes(read.text, 'keySystem', 'media', 'sizes', 'srcset', 'type'),
    ...read.attributes(read.url, 'src'),
  },
  style: {
    ...read.attributes(read.text, 'media'),
    type: (element) => element.getAttribute('type') || 'text/css',
  },
  time: read.attributes(read.text, 'datetime'),
  title: { text: read.content },
  track: {
    ...read.attributes(
      read.choice('subtitle', 'captions', 'descriptions', 'chapters', 'metadata'),
      'kind',
    ),
    ...read.attributes(read.url, 'src'),
    ...read.attributes(read.text, 'srclang', 'label'),
    ...read.attributes(read.flag, 'default'),
  },
  ul: read.attributes(read.text, 'type'),
  video: MEDIA,
};

/** The names of all methods that only some elements have. */
export const ELEMENT_METHODS: ReadonlySet<string> = new Set(
  Object.values(KINDS).flatMap(Object.keys),
);

/** A class for each tag that has methods of its own. */
const CLASSES = new Map(Object.entries(KINDS).map(([name, readers]) => [name, kindOf(readers)]));

function kindOf(readers: read.Readers): typeof Element {
  const kind = class extends Element {};
  for (const [name, reader] of Object.entries(readers)) {
    const method = function (this: Element): unknown {
      return reader(this);
    };
    Object.defineProperty(kind.prototype, name, { value: method });
  }
  return kind;
}

/** Makes an element of the one node of a selection, with the methods of its tag. */
export function elementOf(selection: Selection): Element {
  const [node] = selection.nodes;
  const kind = node && CLASSES.get(nameOf(node));
  return new (kind ?? Element)(selection);
}
