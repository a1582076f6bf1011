import { describe, expect, it } from 'vitest';
import { onceWithEcho } from '../testing/once-with-echo.ts';

const once = onceWithEcho();

describe('a request', () => {
  it('throws with the parameter `throw` if it has no answer', async () => {
    const { shown, result } = await once(`
      show(http.get('http://127.0.0.1:1/', { throw: false }).error_code);
      http.get('http://127.0.0.1:1/', { throw: true });`);
    expect(shown[0]).toBe(1212);
    expect(result.exceptions.first[0]).toContain('GET http://127.0.0.1:1/ failed');
  });

  it('answers the challenge of digest authentication', async () => {
    const { shown, result } = await once(`
      const withUser = BASE.replace('//', '//Mufasa:Circle%20of%20Life@') + '/digest';
      const known = await http.get(withUser, { auth: 'digest' });
      const unknown = await http.get(BASE + '/digest', { auth: 'digest' });
      show([known.status, known.json('body'), known.url === BASE + '/digest', unknown.status]);
    `);
    expect(shown).toEqual([[200, 'in', true, 401]]);
    expect(result.metrics.http_reqs?.values.count).toBe(3);
    expect(result.metrics.http_req_failed?.values).toMatchObject({ passes: 0, fails: 3 });
  });

  it('that is hidden from the search for awaits makes the script run in threads', async () => {
    const { shown } = await once(
      `const r = Reflect.apply(http.get, http, [BASE + '/late']); show(r.status);
       const all = Reflect.apply(http.batch, http, [[BASE + '/late']]); show(all[0].status);`,
    );
    expect(shown.slice(-2)).toEqual([200, 200]);
  });
});
