import { describe, expect, it } from 'vitest';
import { describeRegistration, refuseRegistration, refuseUse } from './campaign.ts';

const campaign = {
  campaignId: 'SPRING',
  startsAt: '2026-03-01T00:00:00.000Z',
  endsAt: '2026-03-02T00:00:00.000Z',
  isReward: false,
};
const [START_MS, END_MS] = [Date.parse(campaign.startsAt), Date.parse(campaign.endsAt)];

describe('S0.2 a registration', () => {
  it('is accepted from the start of its campaign until before the end', () => {
    expect(refuseRegistration(campaign, START_MS)).toBeUndefined();
    expect(refuseRegistration(campaign, END_MS - 1)).toBeUndefined();
    expect(refuseRegistration(campaign, START_MS - 1)?.code).toBe('CAMPAIGN_NOT_STARTED');
    expect(refuseRegistration(campaign, END_MS)?.code).toBe('CAMPAIGN_ENDED');
    expect(refuseRegistration(undefined, START_MS)?.code).toBe('NOT_FOUND');
  });

  it('S2.4 is not taken by a campaign whose vouchers are rewards', () => {
    const refused = refuseRegistration({ ...campaign, isReward: true }, START_MS);
    expect(refused?.code).toBe('SOLD_ANOTHER_WAY');
  });

  it('is shown with an unused voucher, also after the voucher was used', () => {
    const row = {
      code: 'V-1',
      campaign_id: 'SPRING',
      order_id: 'o-1',
      issued_at: new Date(START_MS),
      valid_until: null,
      used_at: new Date(END_MS),
      reservation_id: 'r-1',
      sequence: 2,
    };
    expect(describeRegistration(row)).toEqual({
      code: 'V-1',
      campaignId: 'SPRING',
      orderId: 'o-1',
      issuedAt: '2026-03-01T00:00:00.000Z',
      validUntil: null,
      usedAt: null,
      skuId: 'SPRING',
      reservationId: 'r-1',
      sequence: 2,
    });
  });
});

it('S0.4 a voucher that cannot be used is unknown, used or expired', () => {
  const voucher = {
    code: 'V-1',
    campaignId: 'SPRING',
    orderId: 'o-1',
    issuedAt: campaign.startsAt,
    validUntil: campaign.endsAt,
    usedAt: null,
  };
  expect(refuseUse(undefined).code).toBe('NOT_FOUND');
  expect(refuseUse({ ...voucher, usedAt: campaign.startsAt }).code).toBe('VOUCHER_USED');
  expect(refuseUse(voucher).code).toBe('VOUCHER_EXPIRED');
});
