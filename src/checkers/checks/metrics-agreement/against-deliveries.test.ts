import { describe, expect, it } from 'vitest';
import { booksOf, type Entry, evidenceOf, SKU } from '../../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../../history/ledger-snapshot.ts';
import type { MetricsScrape } from '../../../metrics/scrape.ts';
import { metricsAgreement } from '../metrics-agreement.ts';
import {
  CALLS,
  type Counts,
  ENTRIES,
  FINAL,
  sale,
  sample,
  scrape,
  withSamples,
} from './testing/scrapes.ts';

describe('events handled', () => {
  interface Handled {
    handled: number;
    lag?: number;
    dead?: number;
    group?: string;
  }

  const withEvents = (
    taken: MetricsScrape,
    { handled, lag = 0, dead = 0, group = 'analytics' }: Handled,
  ) =>
    withSamples(
      taken,
      sample('flashsale_events_handled_total', { group }, handled),
      sample('flashsale_consumer_lag_events', { group }, lag),
      sample('flashsale_dead_letters', { group }, dead),
    );

  const delivered = (group: string, entries = ENTRIES, deadLetters = [0]): LedgerSnapshot => {
    const ledger = booksOf(sale, entries);
    ledger.deliveries = ledger.movements.map(({ sequence, skuId }) => ({
      ...{ row: 'delivery', group, eventId: `${sequence}`, type: 'RESERVED' },
      ...{ topic: 'flash-sale-inventory-updates', skuId, sequence },
    }));
    ledger.backlog = deadLetters.map((given) => ({
      ...{ row: 'backlog', skuId: SKU, pending: 0, deadLetters: given },
    }));
    return ledger;
  };

  const judgedPages = (scrapes: MetricsScrape[], ledger = delivered('analytics')) =>
    metricsAgreement.check(evidenceOf(sale, CALLS, { scrapes, ledger }));

  const told = (before: Handled, after: Handled, counts: Counts = FINAL, ledger?: LedgerSnapshot) =>
    judgedPages(
      [withEvents(scrape([0, 1]), before), withEvents(scrape([70, 71], counts), after)],
      ledger,
    );

  it('must be the deliveries in the ledger', () => {
    expect(told({ handled: 10 }, { handled: 13 }).status).toBe('valid');
    expect(told({ handled: 10 }, { handled: 12 }).summary).toBe(
      'the instances counted 2 events handled by analytics, the ledger has 3',
    );
    expect(told({ handled: 10 }, { handled: 14 }).status).toBe('invalid');
  });

  it('may be fewer while events wait, and more where events of earlier sales waited', () => {
    expect(told({ handled: 0 }, { handled: 1, lag: 2 }).status).toBe('valid');
    expect(told({ handled: 0, lag: 5 }, { handled: 8 }).status).toBe('valid');
  });

  it('are given up no more often than in the ledger', () => {
    expect(told({ handled: 0, dead: 4 }, { handled: 3, dead: 4 }).status).toBe('valid');
    expect(told({ handled: 0, dead: 4 }, { handled: 3, dead: 5 }).summary).toBe(
      'http://one shows 1 new dead letter, the ledger has 0',
    );
  });

  it('are not asked of a server that does not count them', () => {
    expect(judgedPages([scrape([0, 1]), scrape([70, 71], FINAL)]).status).toBe('valid');
  });

  it('are compared from the first scrape on that shows them', () => {
    const after = withEvents(scrape([70, 71], FINAL), { handled: 4 });
    expect(judgedPages([scrape([0, 1]), after]).summary).toContain('counted 4 events handled');
  });

  it('are counted by group', () => {
    const page = (taken: MetricsScrape, one: number, two: number) =>
      withEvents(withEvents(taken, { handled: one }), { handled: two, group: 'mail' });
    const ledger = delivered('analytics');
    ledger.deliveries = [...ledger.deliveries, ...delivered('mail').deliveries];
    const of = (one: number, two: number) =>
      judgedPages([page(scrape([0, 1]), 0, 0), page(scrape([70, 71], FINAL), one, two)], ledger);
    expect(of(3, 3).status).toBe('valid');
    expect(of(3, 2).summary).toContain('counted 2 events handled by mail');
    const waiting = (lag: number) => {
      const after = withEvents(scrape([70, 71], FINAL), { handled: 3 });
      const mail = { handled: 1, lag, group: 'mail' };
      return judgedPages([page(scrape([0, 1]), 0, 0), withEvents(after, mail)], ledger).status;
    };
    expect(waiting(2)).toBe('valid');
    expect(waiting(0)).toBe('invalid');
  });

  it('are looked at as they were at the last of many scrapes', () => {
    const of = (lag: number, dead: number) =>
      judgedPages([
        withEvents(scrape([0, 1]), { handled: 0 }),
        withEvents(scrape([5, 6]), { handled: 0 }),
        withEvents(scrape([70, 71], FINAL), { handled: lag > 0 ? 1 : 3, lag, dead }),
      ]);
    expect(of(0, 0).status).toBe('valid');
    expect(of(2, 0).status).toBe('valid');
    expect(of(0, 1).summary).toContain('shows 1 new dead letter');
  });

  it('wait on one of several instances', () => {
    const pages = (first: Handled, last: Handled) => [
      ...[
        withEvents(scrape([0, 1]), { handled: 0 }),
        withEvents(scrape([70, 71], FINAL), { handled: 0 }),
      ],
      ...[scrape([0, 1], {}, TWO), scrape([70, 71], {}, TWO)].map((taken, place) =>
        withEvents(taken, place === 0 ? first : last),
      ),
    ];
    const TWO = { instance: 'http://two' };
    expect(judgedPages(pages({ handled: 0 }, { handled: 3 })).status).toBe('valid');
    expect(judgedPages(pages({ handled: 0 }, { handled: 1 })).status).toBe('invalid');
    expect(judgedPages(pages({ handled: 0 }, { handled: 1, lag: 2 })).status).toBe('valid');
    expect(judgedPages(pages({ handled: 0, lag: 5 }, { handled: 8 })).status).toBe('valid');
  });

  it('may lack those of movements after the last scrape', () => {
    const swept: Entry[] = [...ENTRIES, { kind: 'EXPIRED', hold: 'b', buyer: 'bob', atMs: 1_020 }];
    expect(told({ handled: 0 }, { handled: 3 }, FINAL, delivered('analytics', swept)).status).toBe(
      'valid',
    );
  });

  it('may be more, and given up, where a sweeper works for earlier sales', () => {
    const sweeping = { ...FINAL, expired: 1 };
    expect(told({ handled: 0 }, { handled: 5, dead: 1 }, sweeping).status).toBe('valid');
    const swept: Entry[] = [...ENTRIES, { kind: 'EXPIRED', hold: 'b', buyer: 'bob', atMs: 60 }];
    const own = delivered('analytics', swept);
    expect(told({ handled: 0 }, { handled: 4 }, sweeping, own).status).toBe('valid');
    expect(told({ handled: 0 }, { handled: 5 }, sweeping, own).status).toBe('invalid');
  });

  it('may be more, and given up, of a group that hears of other things than SKUs', () => {
    const ledger = delivered('analytics');
    const [first] = ledger.deliveries;
    const hearing = (topic: string) => ({
      ...ledger,
      deliveries: [...ledger.deliveries, { ...first!, topic, eventId: '9' }],
    });
    const of = (topic: string, handled: number) =>
      told({ handled: 0 }, { handled, dead: 1 }, FINAL, hearing(topic)).status;
    expect(of('flashsale.quests', 9)).toBe('valid');
    expect(of('flashsale.quests', 3)).toBe('invalid');
    expect(of('flashsale.tickets', 9)).toBe('invalid');
  });

  it('are given up as often as the ledger says, if it does', () => {
    const given = (dead: number, deadLetters: number[]) =>
      told(
        { handled: 0 },
        { handled: 3, dead },
        FINAL,
        delivered('analytics', ENTRIES, deadLetters),
      );
    expect(given(1, [1]).status).toBe('valid');
    expect(given(2, [1]).status).toBe('invalid');
    expect(given(2, [1, 1]).status).toBe('valid');
    expect(given(2, []).status).toBe('valid');
  });

  it('are given up unseen before a server first shows how many it gave up', () => {
    const page = (taken: MetricsScrape) =>
      withSamples(
        taken,
        sample('flashsale_events_handled_total', { group: 'analytics' }, 0),
        sample('flashsale_consumer_lag_events', { group: 'analytics' }, 1),
      );
    const last = withSamples(
      page(scrape([70, 71], FINAL)),
      sample('flashsale_dead_letters', { group: 'analytics' }, 2),
    );
    expect(judgedPages([page(scrape([0, 1])), last]).status).toBe('valid');
  });
});
