import { describe, expect, it } from 'vitest';
import { fieldsOf, fieldValueOf, serialize, serializeObject, valueOrContent } from './forms.ts';
import { parsePage } from './page.ts';
import { PAGE } from './testing/page.ts';

const nodes = (html: string, selector: string) => parsePage(html, '').find(selector).nodes;

describe('the fields of a form', () => {
  const FORM = `<form>
    <input name="q" value="a b"><input value="unnamed"><input name="gone" disabled="disabled">
    <input name="bare" type="checkbox" checked><input name="box" type="checkbox" checked="checked">
    <input name="do" type="submit" value="go"><textarea name="note">x &amp; y</textarea>
    <select name="many" multiple><option value="1" selected>One<option selected>Two</select>
  </form><input name="outside">`;

  it('are those that would be submitted by k6’s rules', () => {
    expect(fieldsOf(nodes(FORM, 'form'))).toEqual([
      { name: 'q', value: 'a b' },
      { name: 'box', value: 'on' },
      { name: 'note', value: 'x &amp; y' },
      { name: 'many', value: ['1', 'Two'] },
    ]);
  });

  it('are the nodes themselves where no form is among them', () => {
    expect(fieldsOf(nodes(FORM, 'input[name="q"], input[name="outside"], form > select'))).toEqual([
      { name: 'q', value: 'a b' },
      { name: 'many', value: ['1', 'Two'] },
      { name: 'outside', value: '' },
    ]);
  });

  it('of a whole page are serialized: only checked="checked" is checked, only disabled="disabled" disabled', () => {
    const page = parsePage(PAGE, '');
    expect(page.find('#form').serializeObject()).toEqual({
      ...{ text: 'a b&c', bare: '', checked: 'on', radio: '2', csrf: "t*k~n(1)!'", number: '3' },
      ...{ off2: 'y', odd: '', twice: 'second', select: 'Sec &amp; ond', none: '' },
      area: 'Some &lt;b&gt;text&lt;/b&gt; &amp; more',
    });
    expect(page.find('#multi').serializeArray()).toEqual([{ name: 'multi', value: ['a', 'B'] }]);
    expect(page.find('#multi, #hidden').serialize()).toBe(
      'csrf=t%2Ak~n%281%29%21%27&multi=a&multi=B',
    );
  });

  it('are serialized with the last value of each name', () => {
    const fields = [
      ...[{ name: 'b', value: '1' }],
      ...[{ name: 'b', value: '2' }],
      ...[{ name: 'a', value: undefined }],
    ];
    expect(serializeObject(fields)).toEqual({ b: '2', a: undefined });
    expect(serialize(fields)).toBe('b=2');
  });
});

describe('the value of a field', () => {
  it.each([
    ['<input type="radio">', 'input', 'on'],
    ['<button>Buy</button>', 'button', ''],
    ['<select><option>a<option selected>b</select>', 'select', 'b'],
    ['<select><option>a</select>', 'select', ''],
    ['<select><option>a</select>', 'option', 'a'],
    ['<p>text</p>', 'p', undefined],
  ])('%s: %s is %j', (html, selector, value) => {
    expect(fieldValueOf(nodes(html, selector)[0])).toBe(value);
  });

  it('does not exist without a node', () => {
    expect(fieldValueOf(undefined)).toBeUndefined();
    expect(valueOrContent(undefined)).toBe('');
  });
});
