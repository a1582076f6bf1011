import { describe, expect, it } from 'vitest';
import { parsePage } from './page.ts';

const rendered = (html: string): string => parsePage(html, '').find('body').html();

describe('rendered HTML', () => {
  it.each([
    [`<p title='a"b'>'q' &lt; &amp;<br>`, `<p title="a&#34;b">&#39;q&#39; &lt; &amp;<br/></p>`],
    ['<pre>\n\nx</pre><textarea>\ny</textarea>', '<pre>\n\nx</pre><textarea>y</textarea>'],
    ['<script>a < b && "c"</script>', '<script>a < b && "c"</script>'],
    ['<!-- a & b --><b>x', '<!-- a &amp; b --><b>x</b>'],
    ['<svg><use xlink:href="#a"/></svg>', '<svg><use xlink:href="#a"></use></svg>'],
    ['<template><p>in</p></template>', '<template><p>in</p></template>'],
  ])('%j becomes %j', (html, expected) => {
    expect(rendered(`<body>${html}`)).toBe(expected);
  });
});
