import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../checkers/verdict.ts';
import { renderAnnotations } from './annotations.ts';
import { type Case, casesOfVerdict } from './cases.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';

const VERDICT: Verdict = {
  status: 'invalid',
  sentence: 'never-oversold is broken.',
  checks: [
    {
      name: 'never-oversold',
      status: 'invalid',
      summary: '2 of 1 unit sold',
      witness: { prose: 'ann and bob\ngot unit 1', operations: [] },
    },
    { name: 'one-per-buyer', status: 'valid', summary: 'in 2 calls' },
    { name: 'conservation', status: 'missing', summary: 'the ledger is cut' },
    { name: 'single-redemption', status: 'skipped', summary: 'no vouchers' },
  ],
  ...{ basis: 'It rests on 2 answers.', missing: [], inconclusiveBecause: [] },
};

const THRESHOLD: Case = {
  ...{ group: 'thresholds', name: 'http_req_duration: p(95)<500', outcome: 'failed' },
  message: 'was 612',
};

describe('the cases of a verdict', () => {
  it('C.5 are itself and its checks; what is missing is not passed', () => {
    expect(casesOfVerdict(VERDICT).map(({ name, outcome }) => [name, outcome])).toEqual([
      ['verdict', 'failed'],
      ['never-oversold', 'failed'],
      ['one-per-buyer', 'passed'],
      ['conservation', 'undecided'],
      ['single-redemption', 'skipped'],
    ]);
    const inconclusive = casesOfVerdict({ ...VERDICT, status: 'inconclusive', checks: [] });
    expect(inconclusive).toMatchObject([{ name: 'verdict', outcome: 'undecided' }]);
  });
});

describe('JUnit XML', () => {
  it('C.5 has a test for each case, with its witness', () => {
    expect(
      renderJunit('rush', casesOfVerdict(VERDICT), 1.5),
    ).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="flashsale-cli" tests="5" failures="2" errors="1" skipped="1" time="1.500">
  <testsuite name="rush" tests="5" failures="2" errors="1" skipped="1" time="1.500">
    <testcase classname="rush.verdict" name="verdict" time="0"><failure message="never-oversold is broken."></failure></testcase>
    <testcase classname="rush.checks" name="never-oversold" time="0"><failure message="2 of 1 unit sold">2 of 1 unit sold

ann and bob
got unit 1</failure></testcase>
    <testcase classname="rush.checks" name="one-per-buyer" time="0"><system-out>in 2 calls</system-out></testcase>
    <testcase classname="rush.checks" name="conservation" time="0"><error message="the ledger is cut"></error></testcase>
    <testcase classname="rush.checks" name="single-redemption" time="0"><skipped message="no vouchers"></skipped></testcase>
  </testsuite>
</testsuites>
`);
  });

  it('holds any text', () => {
    const message = 'a<b>&"c"\u0000\u001b[31m\ud800\n😀';
    const text = renderJunit('s', [{ ...THRESHOLD, message }]);
    expect(text).toContain('message="a&lt;b&gt;&amp;&quot;c&quot;\ufffd\ufffd[31m\ufffd&#10;😀"');
    expect(text).toContain('name="http_req_duration: p(95)&lt;500"');
  });
});

describe('annotations of GitHub', () => {
  const script = {
    path: 'load/my sale, 2.ts',
    text: "import x from 'x';\nexport const sale = plan();\nthresholds: {\n  http_req_duration: ['p(95)<500'],\n}",
  };

  it('stand at the sale and at the threshold; the verdict is not told twice', () => {
    expect(renderAnnotations([...casesOfVerdict(VERDICT), THRESHOLD], script).split('\n')).toEqual([
      '::error file=load/my sale%2C 2.ts,line=2,title=never-oversold::2 of 1 unit sold%0A%0Aann and bob%0Agot unit 1',
      '::warning file=load/my sale%2C 2.ts,line=2,title=conservation::the ledger is cut',
      '::error file=load/my sale%2C 2.ts,line=4,title=threshold http_req_duration%3A p(95)<500::was 612',
      '',
    ]);
  });

  it('name no file that is not in the repository, and tell of a verdict that proves nothing', () => {
    const verdict: Verdict = { ...VERDICT, status: 'inconclusive', checks: [], sentence: '100%' };
    expect(renderAnnotations(casesOfVerdict(verdict), { ...script, path: undefined })).toBe(
      '::warning title=verdict::100%25\n',
    );
  });

  it('are none where everything passed', () => {
    const passed = casesOfVerdict({ ...VERDICT, status: 'valid', checks: [] });
    expect(renderAnnotations(passed, script)).toBe('');
  });
});

describe('Markdown', () => {
  it('C.5 begins with the verdict and what is wrong, and folds the rest', () => {
    const tables = [
      { title: 'Requests', headings: ['', 'times'], rows: [['sent', '2']], numeric: [1] },
    ];
    const cases = [...casesOfVerdict(VERDICT), THRESHOLD];
    expect(
      renderMarkdown({ scenario: 'rush', cases, tables, command: 'flashsale-cli run rush' }),
    ).toBe(`## ❌ rush

never-oversold is broken.

### ❌ never-oversold

2 of 1 unit sold

\`\`\`text
ann and bob
got unit 1
\`\`\`

### ⚠️ conservation

the ledger is cut

|  | what | result |
| --- | --- | --- |
| ❌ | http\\_req\\_duration: p(95)\\<500 | was 612 |

<details><summary>2 checks without a finding</summary>

|  | what | result |
| --- | --- | --- |
| ✅ | one-per-buyer | in 2 calls |
| ➖ | single-redemption | no vouchers |

</details>

<details><summary>Requests</summary>

|  | times |
| --- | ---: |
| sent | 2 |

</details>

Repeat it: \` flashsale-cli run rush \`
`);
  });

  it('shows texts of others as they are, and mentions nobody', () => {
    const message = '<img src=x> [a](b) *c* @everyone |';
    const text = renderMarkdown({
      ...{ scenario: 's', tables: [], command: 'run `x`' },
      cases: [{ ...THRESHOLD, message, details: '```\nno end' }],
    });
    expect(text).toContain('\\<img src=x\\> \\[a\\](b) \\*c\\* @\u200beveryone \\|');
    expect(text).toContain('`` run `x` ``');
  });

  it('names the threshold that was missed where nothing else went wrong', () => {
    const text = renderMarkdown({ scenario: 's', cases: [THRESHOLD], tables: [] });
    expect(text).toContain(
      '## ❌ s\n\nThe threshold http\\_req\\_duration: p(95)\\<500 is missed (was 612).',
    );
  });

  it('fits into a comment, whatever was found', () => {
    const cases: Case[] = Array.from({ length: 40 }, (_, at) => ({
      ...{ group: 'checks', name: `check-${at}`, outcome: 'failed', message: 'broken' },
      details: '`'.repeat(9_000),
    }));
    expect(renderMarkdown({ scenario: 's', cases, tables: [] }).length).toBeLessThan(65_536);
  });
});
