import { describe, expect, it } from 'vitest';
import { onceWithEcho } from '../testing/once-with-echo.ts';

const once = onceWithEcho();

describe('a response', () => {
  it('has all fields of k6’s', async () => {
    const { shown } = await once(`
      const r = await http.get(BASE + '/parts');
      show([r.status, r.status_text, r.error, r.error_code, r.proto, r.url === BASE + '/parts']);
      show([r.headers['Content-Type'], r.headers['X-Many'], r.remote_ip]);
      show([typeof r.body, r.json().method, r.json('list.1.n'), r.json('list.#'), r.json('list.#.n'), r.json('no.such') === undefined]);
      show(Object.keys(r.timings).sort());
      show(r.timings.duration >= r.timings.waiting && r.timings.waiting > 0);
      show([r.request.method, r.request.headers['User-Agent']]);
    `);
    expect(shown).toEqual([
      [200, '200 OK', '', 0, 'HTTP/1.1', true],
      ['application/json', 'one', '127.0.0.1'],
      ['string', 'GET', 2, 2, [1, 2], true],
      [
        ...['blocked', 'connecting', 'duration', 'looking_up', 'receiving', 'sending'],
        ...['tls_handshaking', 'waiting'],
      ],
      true,
      ['GET', ['flashsale-cli']],
    ]);
  });

  it('json() selects nothing in a body that is no JSON, and throws without a selector', async () => {
    const { shown } = await once(`
      const r = await http.get(BASE + '/login');
      show(r.json('session') === undefined);
      try { (await http.get('http://127.0.0.1:1/')).json('session'); } catch (error) { show(error.message); }
      r.json();
    `);
    expect(shown).toEqual([
      true,
      expect.stringContaining('the body is null'),
      expect.stringContaining('is not JSON'),
    ]);
  });

  it('keeps the headers that a script adds', async () => {
    const { shown } = await once(`
      const r = await http.get(BASE + '/parts');
      r.headers.Mine = 'yes';
      show(r.headers.Mine);
    `);
    expect(shown).toEqual(['yes']);
  });

  it('numbers errors as k6 does', async () => {
    const { shown } = await once(`
      const r = await http.get(BASE + '/status?is=404');
      show([r.status, r.error_code]);
      show((await http.get(BASE + '/status?is=503')).error_code);
    `);
    expect(shown).toEqual([[404, 1404], 1503]);
  });

  it('keeps or drops bodies as asked', async () => {
    const { shown } = await once(`
      const binary = await http.get(BASE + '/b', { responseType: 'binary' });
      show(binary.body instanceof ArrayBuffer && binary.body.byteLength > 10);
      show((await http.get(BASE + '/n', { responseType: 'none' })).body);
    `);
    expect(shown).toEqual([true, null]);
  });

  it('is a failure if the server announces a compression that the body does not have', async () => {
    const { shown } = await once(`
      const answer = http.get(BASE + '/not-packed');
      show([answer.status, answer.body]);
      try { answer.json(); } catch (error) { show(error.message); }`);
    expect(shown).toEqual([[0, null], expect.stringContaining('the body is null')]);
  });
});
