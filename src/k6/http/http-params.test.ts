import { describe, expect, it } from 'vitest';
import { onceWithEcho } from '../testing/once-with-echo.ts';

const once = onceWithEcho();

describe('the parameters of a request', () => {
  it('an empty user agent is not sent', async () => {
    const { shown } = await once(`
      const r = await http.get(BASE + '/x', { headers: { 'User-Agent': '' } });
      show('user-agent' in r.json('headers'));
    `);
    expect(shown).toEqual([false]);
  });

  it('a jar of the script gives the cookies, and the script can change it', async () => {
    const { shown } = await once(`
      const cookies = (path, params) => http.get(BASE + path, params).json('headers.cookie') ?? '';
      const own = new http.CookieJar();
      http.get(BASE + '/login', { jar: own });
      show([cookies('/x'), cookies('/x', { jar: own })]);
      own.set(BASE, 'deep', '1', { path: '/deep', max_age: 60 });
      show([cookies('/x', { jar: own }), cookies('/deep', { jar: own })]);
      own.delete(BASE, 'theme');
      show(own.cookiesForURL(BASE + '/x'));
      own.clear(BASE);
      show(cookies('/x', { jar: own }));
      http.cookieJar().set(BASE, 'a', 'jar');
      show([cookies('/x', { cookies: { a: 'own' } }), cookies('/x', { cookies: { a: { value: 'own', replace: true } } })]);
    `);
    expect(shown).toEqual([
      ['', 'session=abc; theme=dark'],
      ['session=abc; theme=dark', 'deep=1; session=abc; theme=dark'],
      { session: ['abc'] },
      '',
      ['a=own; a=jar', 'a=own'],
    ]);
  });

  it('a jar names the URL that is none', async () => {
    const { shown } = await once(
      `try { http.cookieJar().cookiesForURL('/no/url'); } catch (error) { show(error.message); }`,
    );
    expect(shown).toEqual(['"/no/url" is not an absolute http or https URL']);
  });

  it('files are uploaded beside other fields', async () => {
    const { shown } = await once(
      `
      const sent = http.post(BASE + '/upload', { field: 'one', file: http.file(bytes, 'a "b".txt', 'text/plain') });
      const boundary = sent.json('headers.content-type').split('boundary=')[1];
      show(sent.json('headers.content-type').startsWith('multipart/form-data'));
      show(sent.json('body').replaceAll(boundary, 'B').split('\\r\\n'));`,
      { init: `const bytes = open('./a.txt', 'b');`, files: { 'a.txt': 'hé' } },
    );
    expect(shown).toEqual([
      true,
      [
        ...['--B', 'Content-Disposition: form-data; name="field"', '', 'one', '--B'],
        'Content-Disposition: form-data; name="file"; filename="a \\"b\\".txt"',
        ...['Content-Type: text/plain', '', 'hé', '--B--', ''],
      ],
    ]);
  });

  it('compression packs the body, and packed answers are unpacked', async () => {
    const { shown } = await once(`
      const sent = http.post(BASE + '/p', 'text', { compression: 'gzip' });
      show([sent.json('headers.content-encoding'), sent.json('body') === 'text']);
      const packed = http.get(BASE + '/packed');
      show([packed.body, packed.json('a'), packed.headers['Content-Encoding']]);
      show(JSON.parse(JSON.stringify(packed)).status);`);
    expect(shown).toEqual([['gzip', false], ['{"a":1}', 1, 'gzip'], 200]);
  });

  it('an unknown one is ignored as in k6, with one warning', async () => {
    const { shown } = await once(`
      for (const n of [1, 2]) show((await http.get(BASE, { redirect: 'follow' })).status + n);
    `);
    expect(shown).toEqual([
      expect.stringContaining('the http parameter "redirect" is unknown, and ignored'),
      ...[201, 202],
    ]);
  });
});
