import { describe, expect, it } from 'vitest';
import { CAMPAIGN, inCampaign, voucherOf } from '../../../test/judge/campaign-story.ts';
import { itCatches } from '../../../test/judge/planted-bugs.ts';
import { inQuest, questSale, rewardOf } from '../../../test/judge/quest-story.ts';
import { keeping, refused, SKU, said, unanswered } from '../../../test/judge/story.ts';
import { judge } from '../verdict.ts';
import { rewardCapacity } from './reward-capacity.ts';

const { check } = rewardCapacity;

describe('reward-capacity', () => {
  it('counts the rewards of an honest quest', () => {
    const { status, summary } = check(inQuest());
    expect([status, summary]).toEqual([
      'valid',
      'of 3 completed quests, 2 were rewarded with a voucher and 1 were told that none is left',
    ]);
    const { checks } = judge(inQuest());
    expect(checks.filter(({ status }) => status === 'invalid' || status === 'unknown')).toEqual([]);
  });

  it('is skipped where vouchers are no rewards, or the ledger tells nothing of rewards', () => {
    const plain = inCampaign((ledger) => ledger.rewards.push(rewardOf('a', 'ann')));
    expect(check(plain).status).toBe('skipped');
    const { checks } = judge(keeping(inQuest(), 'inventory', 'reservation', 'order', 'movement'));
    expect(checks.find(({ name }) => name === 'reward-capacity')?.status).toBe('skipped');
  });

  it('finds a completed quest whose player was told nothing', () => {
    const { status, summary } = check(
      inQuest(({ rewards }) => rewards.push(rewardOf('d', 'dan', 'OWED'))),
    );
    expect([status, summary]).toEqual([
      'invalid',
      '1 reward went wrong: player dan has completed a quest, and was neither given the voucher nor told that there is none',
    ]);
  });

  it('lets a campaign that has not begun owe its vouchers', () => {
    const evidence = inQuest((ledger) => {
      ledger.rewards.push(rewardOf('d', 'dan', 'OWED'));
    });
    /** The sale began at noon, and its books were read so many seconds later. */
    const at = (opensAt: string, readAfterS?: number) => {
      const sale = { ...evidence.sale, startedAtNs: 5e9 };
      const skus = [{ ...questSale.skus[0]!, opensAt }];
      const books = [
        { skuId: 'SKU-9', fromNs: 5e9, toNs: 9_000e9 },
        ...(readAfterS === undefined
          ? []
          : [{ skuId: SKU, fromNs: 5e9, toNs: (5 + readAfterS) * 1e9 }]),
      ];
      return check({ ...evidence, sale: { ...sale, skus }, books }).status;
    };
    expect(at('2026-01-01T13:00:00Z', 120)).toBe('valid');
    expect(at('2026-01-01T11:00:00Z', 120)).toBe('invalid');
    // The clock of the server may be behind by a minute.
    expect(at('2026-01-01T12:01:00.001Z', 120)).toBe('valid');
    expect(at('2026-01-01T12:01:00Z', 120)).toBe('invalid');
    // It had begun before the sale did.
    expect(at('2026-01-01T12:00:00Z', 30)).toBe('invalid');
    expect(at('2026-01-01T12:00:00.001Z', 30)).toBe('valid');
    expect(at('2026-01-01T12:00:00.001Z')).toBe('valid');
    expect(at('2026-01-01T12:00:00Z')).toBe('invalid');
  });

  it('names five of many', () => {
    const many = inQuest(({ rewards }) => {
      for (let place = 0; place < 6; place++) rewards.push(rewardOf('d', `d${place}`, 'OWED'));
    });
    expect(check(many).summary).toContain('6 rewards went wrong');
    expect(check(many).witness?.prose.split('\n')).toHaveLength(1 + 5);
  });

  it('looks at each campaign by itself, and at those of rewards alone', () => {
    const skus = [...questSale.skus, { skuId: 'SKU-2', total: 2 }];
    const two = inQuest(({ vouchers }) => {
      vouchers.push({ ...voucherOf('d', 'dan'), skuId: 'SKU-2' });
    });
    expect(check({ ...two, sale: { ...two.sale, skus } }).status).toBe('valid');
    const mixed = inQuest(({ vouchers }) => Object.assign(vouchers[1]!, { skuId: 'SKU-2' }));
    expect(check({ ...mixed, sale: { ...mixed.sale, skus } }).summary).toContain(
      'the quest of player bob is worth a voucher of SKU-1, and they were given one of SKU-2',
    );
  });

  it('finds a voucher that nobody has earned, and one that was told of and is not there', () => {
    const unearned = inQuest((ledger) => {
      ledger.vouchers.push(voucherOf('d', 'dan'));
    });
    expect(check(unearned).summary).toContain(
      'player dan has voucher voucher-d of SKU-1, and no completed quest says so',
    );
    const missing = inQuest((ledger) => {
      ledger.vouchers.pop();
    });
    expect(check(missing).summary).toContain(
      'that player bob was given for a quest does not exist',
    );
    const strange = inQuest(({ vouchers }) => {
      Object.assign(vouchers[1]!, { userId: 'eve' });
    });
    expect(check(strange).summary).toContain('the voucher of the quest of player bob belongs to');
    const lost = inQuest((ledger) => {
      ledger.rewards.shift();
    }, []);
    expect(check(lost).summary).toContain('player ann has voucher');
  });

  it('finds a player without a voucher whose quest names an order', () => {
    const ordered = inQuest(({ rewards }) => Object.assign(rewards[2]!, { orderId: 'order-c' }));
    expect(check(ordered).summary).toContain('player cid has no voucher, and an order of one');
  });

  it('finds more rewards than vouchers, and a quest that is there twice', () => {
    const many = inQuest(({ rewards, vouchers }) => {
      rewards.push(rewardOf('d', 'dan'));
      vouchers.push(voucherOf('d', 'dan'));
    });
    expect(check(many).summary).toContain(
      'SKU-1 has 2 vouchers, and 3 completed quests were rewarded with one',
    );
    const twice = inQuest(({ rewards }) => rewards.push(rewardOf('c', 'cid', 'GONE')));
    expect(check(twice).summary).toContain('the quest of player cid is there 2 times');
  });

  it('finds answers that are not what the ledger has', () => {
    const gone = inQuest(({ rewards }) => Object.assign(rewards[2]!, rewardOf('c', 'cid')));
    expect(check(gone).witness?.prose).toContain(
      'a player was told that no voucher is left, and the ledger has given one',
    );
    const of = (tamper: Parameters<typeof inQuest>[0]) => check(inQuest(tamper)).witness?.prose;
    expect(of(({ rewards }) => Object.assign(rewards[0]!, rewardOf('a', 'ann', 'GONE')))).toContain(
      'a player was given a voucher that is gone in the ledger',
    );
    expect(of(({ rewards }) => Object.assign(rewards[0]!, { orderId: 'order-x' }))).toContain(
      'a player was given another voucher than the ledger has for the quest',
    );
    // That is found among the books already.
    expect(
      of(({ rewards }) => Object.assign(rewards[0]!, rewardOf('a', 'ann', 'OWED'))),
    ).not.toContain('another voucher');
    expect(of(({ rewards }) => rewards.splice(0, 1))).toContain(
      'a player was given a voucher, and the ledger has no completed quest',
    );
    expect(of(({ rewards }) => rewards.pop())).toContain(
      'a player was told that no voucher is left, and the ledger has no completed quest',
    );
  });

  it('draws nothing from calls without an answer, from other refusals, and from other campaigns', () => {
    const calls = [
      ...CAMPAIGN,
      unanswered('register', 'dan', 5),
      refused('register', 'eve', [5, 9], { code: 'QUEST_COMPLETED' }),
      said('register', 'flo', [5, 9], { sku: 'OTHER' }),
      said('register', 'gus', [5, 9], { buyer: undefined }),
      said('read', 'ivy', [5, 9]),
      unanswered('register', 'jim', 5, { status: 500, code: 'CAMPAIGN_FULL' }),
    ];
    expect(check(inQuest(() => {}, calls)).status).toBe('valid');
    const untold = CAMPAIGN.map((call) => ({ ...call, order: undefined }));
    expect(check(inQuest(() => {}, untold)).status).toBe('valid');
    const late = refused('register', 'hal', [20, 30], { code: 'CAMPAIGN_ENDED' });
    expect(check(inQuest(() => {}, [...CAMPAIGN, late])).status).toBe('invalid');
  });

  it('has nothing to compare without vouchers but what was told', () => {
    const evidence = keeping(
      inQuest((ledger) => {
        ledger.vouchers = [];
      }),
      'reward',
    );
    expect(check(evidence).status).toBe('valid');
  });
});

itCatches(rewardCapacity, ['forgotten-reward', 'unearned-voucher', 'gone-and-given']);
