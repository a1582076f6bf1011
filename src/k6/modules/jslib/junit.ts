import type { SummaryData } from '../../../load/metrics/summary.ts';
import { assertUsualSummary } from './usual-summary.ts';

/** Writes thresholds as the test cases of a JUnit report. */
export function jUnit(
  data: Pick<SummaryData, 'metrics'>,
  options: { name?: string; classname?: string } = {},
): string {
  assertUsualSummary(data, 'jUnit');
  const { name = 'k6 thresholds', classname = 'Unnamed folder' } = options;
  const cases = Object.entries(data.metrics).flatMap(
    ([metric, { type, values, thresholds = {} }]) =>
      Object.entries(thresholds).map(([expression, { ok }]) => {
        const opening = `<testcase name="${escapeXml(`${metric} - ${expression}`)}" classname="${escapeXml(classname)}"`;
        if (ok) return { ok, text: `${opening} />` };
        const figures = Object.entries(values).map(
          ([figure, value]) => `${figure} value: ${value}`,
        );
        const message = escapeXml(`${type} threshold failed: ${figures.join(', ')}`);
        return { ok, text: `${opening}><failure message="${message}" /></testcase>` };
      }),
  );
  const counts = `tests="${cases.length}" failures="${cases.filter(({ ok }) => !ok).length}"`;
  return [
    '<?xml version="1.0"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escapeXml(name)}" ${counts}>`,
    ...cases.map(({ text }) => `    ${text}`),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n');
}

function escapeXml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
