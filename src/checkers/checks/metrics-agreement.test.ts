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

  describe('behind a load balancer whose scrapes all reached one process', () => {
    /** The calls of the story, each answered by the process that is named. */
    const answeredBy = (...processes: string[]) =>
      CALLS.map((call, place) => ({ ...call, requestId: `${processes[place]}-${place + 1}` }));
    const [one, two] = ['server-1-mi8yqr5x', 'server-2-mi8yqr7a'] as [string, string];
    const part = scrape([70, 71], { held: 1, reserved: 1, bought: 0 });

    it('cannot say that it counted too little', () => {
      const { status, summary } = judged([BEFORE, part], {
        calls: answeredBy(one, two, two, two),
      });
      expect(status).toBe('skipped');
      expect(summary).toContain('more processes answered the calls than were scraped');
      expect(judged([BEFORE, part], { calls: answeredBy(one, one, one, one) }).status).toBe(
        'invalid',
      );
    });

    it('still says that it counted too much', () => {
      const more = scrape([70, 71], { held: 3 });
      expect(judged([BEFORE, more], { calls: answeredBy(one, two, two, two) })).toMatchObject({
        ...{ status: 'invalid' },
        summary: expect.stringContaining('counted 3 reservations made'),
      });
    });

    it('knows the processes of several instances that were scraped by their own URLs', () => {
      const calls = answeredBy(one, two, two, two).map((call) => ({
        ...call,
        instance: 'http://lb',
      }));
      const empty = [
        scrape([0, 1], {}, { instance: 'http://two' }),
        scrape([70, 71], {}, { instance: 'http://two' }),
      ];
      expect(judged([BEFORE, part, ...empty], { calls }).status).toBe('invalid');
      const third = calls.map((call, place) =>
        place === 3 ? { ...call, requestId: 'server-3-mi8yqr9b-1' } : call,
      );
      expect(judged([BEFORE, part, ...empty], { calls: third }).status).toBe('skipped');
    });
  });

  it('is skipped for servers with metrics of their own', () => {
    const foreign = { ...AFTER, samples: [{ name: 'up', labels: {}, value: 1 }] };
    expect(judged([foreign]).summary).toBe('the scraped /metrics has no flashsale_ counters');
  });
});

itCatches(metricsAgreement, ['uncounted', 'counted-twice', 'fallen-counter', 'wrong-gauge']);
