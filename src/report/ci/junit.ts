import type { Case } from './cases.ts';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Characters that XML 1.0 cannot have, not even escaped: most control characters, and halves of pairs. */
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const escaped = (text: string): string =>
  text.replace(NOT_IN_XML, '\ufffd').replace(/[&<>"]/g, (sign) => ESCAPES[sign] as string);

/** In an attribute a line break would be read as a space. */
const attribute = (text: string): string => escaped(text).replaceAll('\n', '&#10;');

/**
 * Renders cases as JUnit XML: one test each, in a suite of the scenario's name. What is undecided is an `error`, for a gate
 * must not pass what nobody could see.
 *
 * @param seconds the duration of the whole
 */
export function renderJunit(scenario: string, cases: Case[], seconds = 0): string {
  const times = (outcome: Case['outcome']): number =>
    cases.filter((each) => each.outcome === outcome).length;
  const counts = `tests="${cases.length}" failures="${times('failed')}" errors="${times('undecided')}" skipped="${times('skipped')}" time="${seconds.toFixed(3)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="flashsale-cli" ${counts}>`,
    `  <testsuite name="${attribute(scenario)}" ${counts}>`,
    ...cases.map((each) => testCase(scenario, each)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const ELEMENTS = { failed: 'failure', undecided: 'error', skipped: 'skipped' } as const;

function testCase(scenario: string, { group, name, outcome, message, details }: Case): string {
  const className = attribute(`${scenario}.${group}`);
  const head = `    <testcase classname="${className}" name="${attribute(name)}" time="0"`;
  if (outcome === 'passed') {
    return `${head}><system-out>${escaped(message)}</system-out></testcase>`;
  }
  const element = ELEMENTS[outcome];
  const text = details === undefined ? '' : escaped(`${message}\n\n${details}`);
  return `${head}><${element} message="${attribute(message)}">${text}</${element}></testcase>`;
}
