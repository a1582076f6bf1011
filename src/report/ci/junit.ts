import type { Case } from './cases.ts';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** Characters that XML 1.0 cannot have, not even escaped: most control characters, and halves of pairs. */
const NOT_IN_XML =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

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
