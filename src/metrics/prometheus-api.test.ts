import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createPrometheusApi } from './prometheus-api.ts';
import { serve } from './testing/serve.ts';

const { signal } = new AbortController();

async function apiThatAnswers(answer: unknown, onRequest: RequestListener = () => {}) {
  const base = await serve((request, response) => {
    onRequest(request, response);
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  return createPrometheusApi(`${base.replace('://', '://ann:secret@')}/prometheus/`);
}

const resultOf = (resultType: string, result: unknown) => ({
  status: 'success',
  data: { resultType, result },
});

describe('the API of Prometheus', () => {
  it.each([
    ['a scalar', resultOf('scalar', [1, '0.25']), { values: ['0.25'] }],
    [
      'a vector',
      resultOf('vector', [{ value: [1, 'NaN'] }, { value: [1, '+Inf'] }]),
      { values: ['NaN', '+Inf'] },
    ],
    [
      'a range',
      resultOf('matrix', []),
      { refusal: 'it is a matrix of other things than numbers', isWrong: false },
    ],
    [
      'a query that is not PromQL',
      { status: 'error', errorType: 'bad_data', error: 'parse error' },
      { refusal: 'parse error', isWrong: true },
    ],
    [
      'a query that failed',
      { status: 'error', errorType: 'timeout', error: 'too slow' },
      { refusal: 'too slow', isWrong: false },
    ],
  ])('answers with %s', async (_what, answer, expected) => {
    const api = await apiThatAnswers(answer);
    expect(await api.query('up', signal)).toEqual(expected);
  });

  it('is given user and password in a header, and shown without them', async () => {
    let asked = '';
    const api = await apiThatAnswers(resultOf('scalar', [1, '1']), ({ url, headers }) => {
      asked = `${url} ${headers.authorization}`;
    });
    await api.query('up', signal);
    expect(asked).toBe(
      `/prometheus/api/v1/query Basic ${Buffer.from('ann:secret').toString('base64')}`,
    );
    expect(api.shown).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/prometheus$/);
  });

  it('lists the scrape intervals of the targets that are up', async () => {
    const activeTargets = [
      { health: 'up', scrapeInterval: '1m30s' },
      { health: 'down', scrapeInterval: '5s' },
      { health: 'up', scrapeInterval: '500ms' },
    ];
    const api = await apiThatAnswers({ data: { activeTargets } });
    expect(await api.scrapeIntervalsMs(signal)).toEqual([90_000, 500]);
  });

  it('rejects an answer that is not Prometheus’', async () => {
    const api = await apiThatAnswers('<html>');
    await expect(api.query('up', signal)).rejects.toThrow(
      'it answered 200, and not as Prometheus does',
    );
  });
});
