import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { evidenceOf } from '../../../test/judge/story.ts';
import { AFTER, BEFORE, CALLS, judged, sale, scrape } from './metrics-agreement/testing/scrapes.ts';
import { metricsAgreement } from './metrics-agreement.ts';

describe('metrics-agreement', () => {
  it('S0.7 is valid when answers, ledger and counters agree', () => {
    const { status, summary } = judged([BEFORE, scrape([25, 26], { held: 2 }), AFTER]);
    expect(status).toBe('valid');
    expect(summary).toBe('answers, ledger and counters agree in 3 scrapes of 1 instance');
    const scrapes = [BEFORE, AFTER];
    expect(metricsAgreement.check(evidenceOf(sale, CALLS, { scrapes })).summary).toBe(
      'answers and counters agree in 2 scrapes of 1 instance',
    );
  });

  it('is skipped for a URL at which several processes answer', () => {
    const other = scrape([30, 31], { held: 1 }, { startedAtS: 1_001 });
    const { status, summary } = judged([BEFORE, other, AFTER]);
    expect(status).toBe('skipped');
    expect(summary).toContain('several processes answer behind http://one');
  });

  it('is skipped for servers with metrics of their own', () => {
    const foreign = { ...AFTER, samples: [{ name: 'up', labels: {}, value: 1 }] };
    expect(judged([foreign]).summary).toBe('the scraped /metrics has no flashsale_ counters');
  });
});

itCatches(metricsAgreement, ['uncounted', 'counted-twice', 'fallen-counter', 'wrong-gauge']);
