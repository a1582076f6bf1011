import { describe, expect, it } from 'vitest';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { type Call, evidenceOf } from '../../../test/judge/story.ts';
import type { MetricsScrape } from '../../metrics/scrape.ts';
import {
  AFTER,
  BEFORE,
  CALLS,
  type Counts,
  FINAL,
  judged,
  judgedFromOutside,
  ONE,
  sale,
  sample,
  scrape,
  withSamples,
} from './metrics-agreement/testing/scrapes.ts';
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
    const { status, summary } = judgedFromOutside([BEFORE, other, AFTER], CALLS);
    expect(status).toBe('skipped');
    expect(summary).toContain('several processes answer behind http://one');
    // No load balancer is before servers that the run has started: such a process counts what nobody asked.
    expect(judged([BEFORE, other, AFTER]).status).toBe('invalid');
  });

  describe('of servers that the run did not start', () => {
    const [one, two] = ['server-1-mi8yqr5x', 'server-2-mi8yqr7a'] as [string, string];
    /** The calls of the story, each answered by the process that is named. */
    const answeredBy = (...processes: (string | undefined)[]) =>
      CALLS.map((call, place) => {
        const process = place in processes ? processes[place] : processes.at(-1);
        return { ...call, requestId: process && `${process}-${place + 1}` };
      });
    const by = (process: string | undefined, taken: MetricsScrape): MetricsScrape => ({
      ...taken,
      requestId: process && `${process}-9z`,
    });
    const half = scrape([70, 71], { held: 1 });
    const judgedBy = (process: string | undefined, calls: Call[], last = half) =>
      judgedFromOutside([by(process, BEFORE), by(process, last)], calls);

    it('believes no count that is too low where another process may have answered', () => {
      expect(judgedBy(one, answeredBy(one, one, one, one)).status).toBe('invalid');
      const { status, summary } = judgedBy(one, answeredBy(one, two, two, two));
      expect(status).toBe('skipped');
      expect(summary).toContain('other processes may have answered the calls than were scraped');
      // Another one answered all of them.
      expect(judgedBy(one, answeredBy(two)).status).toBe('skipped');
    });

    it('believes none where ids are those of a proxy, or not told', () => {
      expect(judgedBy(one, answeredBy('6d2f1c9a')).status).toBe('skipped');
      expect(judgedBy(one, answeredBy(one, one, one, '6d2f1c9a')).status).toBe('skipped');
      expect(judgedBy('6d2f1c9a', answeredBy(one)).status).toBe('skipped');
      expect(judgedBy(undefined, answeredBy(one)).status).toBe('skipped');
      expect(judgedBy(one, answeredBy(undefined)).status).toBe('skipped');
      const proxy = 'edge-0f3a9c1d-7b.';
      expect(judgedBy(proxy, answeredBy(proxy)).status).toBe('skipped');
      // A proxy answered one of them itself.
      expect(judgedBy(one, answeredBy(one, one, undefined, one)).status).toBe('invalid');
    });

    it('tells processes apart that began at one time', () => {
      expect(judgedBy('1-mi8yqr5x', answeredBy('11-mi8yqr5x')).status).toBe('skipped');
    });

    it('says that one counted more than the buyers asked for, and accuses nobody of it', () => {
      const more = scrape([70, 71], { held: 3, soldOut: 1, sold: 1 });
      const { status, summary } = judgedBy(one, answeredBy(one), more);
      expect(status).toBe('skipped');
      expect(summary).toContain('counted 3 reservations made');
      expect(summary).toContain('other people may have called them');
      expect(judged([BEFORE, more]).status).toBe('invalid');
      const moved = judgedBy(one, answeredBy(one), scrape([70, 71], { ...FINAL, reserved: 3 }));
      expect(moved.status).toBe('skipped');
      expect(moved.summary).toMatch(/counted 3 RESERVED movements.*other people may have called/);
    });

    it('still finds a counter that lacks what was answered, whatever else is counted', () => {
      const lacking = scrape([70, 71], { held: 3, soldOut: 1, sold: 0 });
      const { status, summary } = judgedBy(one, answeredBy(one), lacking);
      expect(status).toBe('invalid');
      expect(summary).toMatch(/counted 0 .* make it 1 or more$/);
    });

    it('knows the processes of several instances that were scraped by their own URLs', () => {
      const throughBalancer = (...processes: string[]) =>
        answeredBy(...processes).map((call) => ({ ...call, instance: 'http://lb' }));
      const judgedAll = (calls: Call[]) =>
        judgedFromOutside(
          [
            ...[by(one, BEFORE), by(one, half)],
            by(two, scrape([0, 1], {}, { instance: 'http://two' })),
            by(two, scrape([70, 71], {}, { instance: 'http://two' })),
          ],
          calls,
        ).status;
      expect(judgedAll(throughBalancer(one, two, two, two))).toBe('invalid');
      expect(judgedAll(throughBalancer(one, 'server-3-mi8yqr9b'))).toBe('skipped');
    });

    describe('of which two were scraped', () => {
      const TWO = 'http://two';
      const judgedAt = (calls: Call[], [ofOne, ofTwo]: [Counts, Counts]) => {
        const pages = (instance: string, process: string, counts: Counts) => [
          by(process, scrape([0, 1], {}, { instance })),
          by(process, scrape([70, 71], counts, { instance })),
        ];
        return judgedFromOutside([...pages(ONE, one, ofOne), ...pages(TWO, two, ofTwo)], calls);
      };
      /** Bob is sent to another URL. */
      const bobAt = (url: string, ...processes: string[]) =>
        answeredBy(...processes).map((call) =>
          call.buyer === 'bob' ? { ...call, instance: url } : call,
        );
      const SHARE = { held: 1, soldOut: 1, sold: 1 };

      it('are held against calls to their own URLs, and not against those to the other', () => {
        const calls = bobAt(TWO, one, two, one, one);
        expect(judgedAt(calls, [SHARE, { held: 1 }]).status).toBe('valid');
        expect(judgedAt(calls, [FINAL, { held: 1 }]).summary).toContain(
          'http://one counted 2 reservations made',
        );
        expect(judgedAt(calls, [SHARE, {}]).status).toBe('invalid');
      });

      it('are believed in nothing too low if one of them led to a process that was not scraped', () => {
        const calls = bobAt(TWO, one, 'server-3-mi8yqr9b', one, one);
        expect(judgedAt(calls, [SHARE, {}]).status).toBe('skipped');
      });

      it('are told apart where only one of them was called, which led to both', () => {
        expect(judgedAt(answeredBy(one), [{ held: 1 }, {}]).status).toBe('invalid');
        expect(judgedAt(answeredBy(one, two, two, two), [{ held: 1 }, {}]).status).toBe('skipped');
      });

      it('need not have answered what was asked at a third URL', () => {
        const calls = bobAt('http://the-same', one, 'server-3-mi8yqr9b', one, one);
        expect(judgedAt(calls, [SHARE, {}]).status).toBe('valid');
        expect(judgedAt(calls, [{}, {}]).status).toBe('invalid');
      });
    });

    it('holds no movement against them that another process may have made', () => {
      const calls = answeredBy(one);
      const judgedWith = (reserved: number) =>
        judgedBy(one, calls, scrape([70, 71], { ...FINAL, reserved })).status;
      expect(judgedWith(2)).toBe('valid');
      expect(judgedWith(1)).toBe('valid');
      expect(judgedWith(3)).toBe('skipped');
      expect(judged([BEFORE, scrape([70, 71], { ...FINAL, reserved: 3 })]).status).toBe('invalid');
      expect(judged([BEFORE, scrape([70, 71], { ...FINAL, reserved: 1 })]).status).toBe('invalid');
    });

    it('holds nothing against them that was asked by another of their addresses', () => {
      const calls = answeredBy(one).map((call) =>
        call.buyer === 'bob' ? { ...call, instance: 'http://the-same' } : call,
      );
      const judgedWith = (held: number) =>
        judgedFromOutside(
          [BEFORE, scrape([70, 71], { held, soldOut: 1, sold: 1, reserved: 2 })].map((page) =>
            by(one, page),
          ),
          calls,
        );
      expect(judgedWith(2).status).toBe('valid');
      expect(judgedWith(1).status).toBe('valid');
      expect(judgedWith(0).summary).toContain('make it 1 or more');
      expect(judgedWith(3).summary).toContain('other people may have called');
    });
  });

  it('is skipped for two URLs that lead to one process', () => {
    const started = (atS: number) => sample('flashsale_counters_started_seconds', {}, atS);
    const pages = (instance: string, atS: number) => [
      withSamples(scrape([0, 1], {}, { instance }), started(atS)),
      withSamples(scrape([70, 71], FINAL, { instance }), started(atS)),
    ];
    const { status, summary } = judgedFromOutside(
      [...pages('http://one', 1), ...pages('http://lb', 1)],
      CALLS,
    );
    expect(status).toBe('skipped');
    expect(summary).toContain('http://one and http://lb lead to one process');
    const others = [...pages('http://one', 1), ...pages('http://lb', 2)];
    expect(judgedFromOutside(others, CALLS).summary).not.toContain('lead to one process');
  });

  it('is skipped for servers with metrics of their own', () => {
    const foreign = { ...AFTER, samples: [{ name: 'up', labels: {}, value: 1 }] };
    expect(judged([foreign]).summary).toBe('the scraped /metrics has no flashsale_ counters');
  });
});

itCatches(metricsAgreement, ['uncounted', 'counted-twice', 'fallen-counter', 'wrong-gauge']);
