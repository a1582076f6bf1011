import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { parsePrometheusText } from './prometheus-text.ts';

describe('the Prometheus text format', () => {
  it('is read sample by sample, with labels, escapes and special values', () => {
    const text = [
      '# HELP a_total Things.',
      '# TYPE a_total counter',
      'a_total 12',
      'a_total{} 13',
      'a_total{code="400",path="C:\\\\dir\\n\\"x\\" { } , ="} 1.5e3',
      'a_total{code = "1" , path="2",} 2',
      'g NaN',
      'g{x="1"} +Inf',
      'g{x="2"} -Inf 1395066363000',
      'h_bucket{le="0.5"} 3 # {trace_id="abc"} 0.4 1.0',
      '',
      '   spaced   7   ',
      '# EOF',
    ].join('\n');
    expect(parsePrometheusText(text)).toEqual([
      { name: 'a_total', labels: {}, value: 12 },
      { name: 'a_total', labels: {}, value: 13 },
      { name: 'a_total', labels: { code: '400', path: 'C:\\dir\n"x" { } , =' }, value: 1500 },
      { name: 'a_total', labels: { code: '1', path: '2' }, value: 2 },
      { name: 'g', labels: {}, value: Number.NaN },
      { name: 'g', labels: { x: '1' }, value: Number.POSITIVE_INFINITY },
      { name: 'g', labels: { x: '2' }, value: Number.NEGATIVE_INFINITY },
      { name: 'h_bucket', labels: { le: '0.5' }, value: 3 },
      { name: 'spaced', labels: {}, value: 7 },
    ]);
  });

  it.each([
    ['no value', 'a_total'],
    ['a value that is no number', 'a_total twelve'],
    ['an open label', 'a_total{code="1 2'],
    ['an open brace', 'a_total{code="1" 2'],
    ['a name that is none', '7up 2'],
    ['an HTML page', '<!doctype html>'],
  ])('is refused with the number of its line: %s', (_what, line) => {
    expect(() => parsePrometheusText(`ok 1\n${line}`)).toThrow(/^metrics line 2 is not a sample/);
  });

  it('reads what the client library of the server writes', async () => {
    const registers = [new Registry()];
    const common = { help: 'Help with a \\ and a\nnew line.', registers };
    new Counter({ name: 'c_total', labelNames: ['kind'], ...common }).inc({ kind: 'a"\\\nb' }, 3);
    new Gauge({ name: 'g', ...common }).set(-0.25);
    new Histogram({ name: 'h', buckets: [1], ...common }).observe(0.5);
    const samples = parsePrometheusText(await (registers[0] as Registry).metrics());
    expect(samples).toContainEqual({ name: 'c_total', labels: { kind: 'a"\\\nb' }, value: 3 });
    expect(samples).toContainEqual({ name: 'g', labels: {}, value: -0.25 });
    expect(samples).toContainEqual({ name: 'h_bucket', labels: { le: '+Inf' }, value: 1 });
    expect(samples).toContainEqual({ name: 'h_sum', labels: {}, value: 0.5 });
  });
});
