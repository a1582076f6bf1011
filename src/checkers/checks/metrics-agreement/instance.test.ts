import { describe, expect, it } from 'vitest';
import { unanswered } from '../../../../test/judge/story.ts';
import {
  AFTER,
  at,
  BEFORE,
  CALLS,
  type Counts,
  FINAL,
  judged,
  ONE,
  sale,
  scrape,
} from './testing/scrapes.ts';

const TWO = 'http://two';

describe('the counters of an instance', () => {
  it('leaves out what an instance had counted before the run', () => {
    const counts = { held: 102, soldOut: 51, sold: 31 };
    const before = scrape([0, 1], { held: 100, soldOut: 50, sold: 30 });
    expect(judged([before, scrape([70, 71], counts)]).status).toBe('valid');
  });

  it('takes a killed instance’s counters as a lower bound, and reports it', () => {
    const { status, summary } = judged([BEFORE, scrape([25, 26], { held: 1 })]);
    expect(status).toBe('valid');
    expect(summary).toContain('http://one was restarted or not scraped before the first and after');
    expect(judged([BEFORE, scrape([25, 26], { held: 3 })]).status).toBe('invalid');
  });

  it('adds up what the processes before and after a restart counted', () => {
    const startedAtS = sale.startedAtMs / 1000 + 5;
    const restarted = (held: number) =>
      judged([BEFORE, scrape([25, 26], { held: 1 }), scrape([70, 71], { held }, { startedAtS })])
        .status;
    expect(restarted(1)).toBe('valid');
    expect(restarted(0)).toBe('valid');
    expect(restarted(2)).toBe('invalid');
  });

  it('compares each instance with the calls it was sent', () => {
    const calls = CALLS.map((call) => (call.buyer === 'bob' ? { ...call, instance: TWO } : call));
    const two = (held: number) => [
      scrape([0, 1], {}, { instance: TWO }),
      scrape([70, 71], { held }, { instance: TWO }),
    ];
    const one = [BEFORE, scrape([70, 71], { held: 1, soldOut: 1, sold: 1 })];
    expect(judged([...one, ...two(1)], { calls }).status).toBe('valid');
    const swapped = [BEFORE, AFTER, ...two(0)];
    expect(judged(swapped, { calls }).status).toBe('invalid');
    const second = judged([...two(1), ...one.slice(0, 1), scrape([70, 71], FINAL)], { calls });
    expect(second.summary).toContain('http://one counted 2 reservations made');
  });

  it('holds nothing for its own that was sent to another server of the run, scraped or not', () => {
    const calls = CALLS.map((call) => (call.buyer === 'bob' ? { ...call, instance: TWO } : call));
    const scraped = (held: number) =>
      judged([BEFORE, scrape([70, 71], { ...FINAL, held, reserved: 2 })], { calls });
    expect(scraped(1).status).toBe('valid');
    expect(scraped(2).summary).toContain('http://one counted 2 reservations made');
  });

  it('does not hold calls to a load balancer against the instances behind it', () => {
    const calls = CALLS.map((call) => ({ ...call, instance: 'http://balancer' }));
    const two = [
      scrape([0, 1], {}, { instance: 'http://two' }),
      scrape([70, 71], { held: 1 }, { instance: 'http://two' }),
    ];
    const one = [BEFORE, scrape([70, 71], { held: 1, soldOut: 1, sold: 1 })];
    expect(judged([...one, ...two], { calls }).status).toBe('valid');
  });

  it('are compared with the calls to its URL, with or without a slash at the end', () => {
    const pages = (instance: string, held: number) => [
      scrape([0, 1], {}, { instance }),
      scrape([70, 71], { ...FINAL, held }, { instance }),
    ];
    const calls = CALLS.map((call) => ({ ...call, instance: 'http://one/' }));
    const others = CALLS.map((call) => ({ ...call, instance: 'http://on' }));
    expect(judged([...pages(ONE, 3), ...pages(TWO, 0)], { calls }).summary).toContain(
      'http://one counted 3 reservations made',
    );
    expect(judged([...pages('http://one/', 3), ...pages(TWO, 0)]).summary).toContain(
      'http://one/ counted 3 reservations made',
    );
    expect(judged([...pages(ONE, 3), ...pages(TWO, 0)], { calls: others }).summary).toContain(
      '2 instances together counted 3 reservations made',
    );
  });

  it('are compared with all calls if it is the only one, whatever URLs they name', () => {
    const pages = [BEFORE, scrape([25, 26], { held: 0 }), AFTER];
    const named = (nameOf: (place: number) => string | undefined) =>
      judged(pages, {
        calls: CALLS.map((call, place) => ({ ...call, instance: nameOf(place) })),
      }).summary;
    const words = 'http://one counted 0 reservations made';
    expect(named(() => 'http://balancer')).toContain(words);
    expect(named(() => undefined)).toContain(words);
    expect(named((place) => `http://balancer-${place}`)).toContain(words);
  });

  it('do not count for a sale whose calls all went to another instance', () => {
    const two = [
      scrape([0, 1], {}, { instance: TWO }),
      scrape([70, 71], { soldOut: 3 }, { instance: TWO }),
    ];
    expect(judged([BEFORE, AFTER, ...two]).status).toBe('valid');
  });

  it('are complete from a scrape at the first call to one after the last answer', () => {
    const limits = ([first, last]: [number, number], calls = CALLS) =>
      judged([scrape([first, first + 1]), scrape([last, last + 1], FINAL)], { calls }).summary;
    const complete = 'answers, ledger and counters agree in 2 scrapes of 1 instance';
    expect(limits([10, 61])).toBe(complete);
    expect(limits([11, 61])).toContain('lower bounds');
    expect(limits([10, 60])).toContain('lower bounds');
    const open = unanswered('reserve', 'dan', 60, at(ONE));
    expect(limits([10, 61], [...CALLS, open])).toBe(complete);
  });
});

describe('instances behind a load balancer', () => {
  const calls = CALLS.map((call) => ({ ...call, instance: 'http://balancer' }));
  const counted = (one: Counts, two: Counts) =>
    judged(
      [
        BEFORE,
        scrape([70, 71], one),
        scrape([0, 1], {}, { instance: TWO }),
        scrape([70, 71], two, { instance: TWO }),
      ],
      { calls },
    );

  it('are compared together with all calls', () => {
    expect(counted({ held: 1, sold: 1 }, { held: 1, soldOut: 1 }).status).toBe('valid');
    const { status, summary } = counted({ held: 1, sold: 1 }, { held: 1, soldOut: 2 });
    expect(status).toBe('invalid');
    expect(summary).toContain('2 instances together counted 2 refusals for want of stock');
  });

  it('are added up at their last scrapes, however many there were', () => {
    const pages = (instance: string, soldOut: number) => [
      scrape([0, 1], {}, { instance }),
      scrape([5, 6], {}, { instance }),
      scrape([70, 71], { soldOut }, { instance }),
    ];
    expect(judged([...pages(ONE, 1), ...pages(TWO, 1)], { calls }).summary).toContain(
      '2 instances together counted 0 reservations made',
    );
    const held = (instance: string) => [
      scrape([0, 1], {}, { instance }),
      scrape([5, 6], {}, { instance }),
      scrape([70, 71], { held: 1 }, { instance }),
    ];
    const reserves = calls.slice(0, 2);
    expect(judged([...held(ONE), ...held(TWO)], { calls: reserves }).summary).not.toContain(
      'together counted 0',
    );
  });

  it('may have counted less than the calls if one of them was scraped too early', () => {
    const early = [BEFORE, scrape([35, 36], { held: 1 })];
    const late = [
      scrape([0, 1], {}, { instance: TWO }),
      scrape([70, 71], { soldOut: 1, sold: 1 }, { instance: TWO }),
    ];
    expect(judged([...early, ...late], { calls }).status).toBe('valid');
    expect(judged([...late, ...early], { calls }).status).toBe('valid');
  });
});
