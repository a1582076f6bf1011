import * as z from 'zod';
import { PlainText } from './admin.ts';
import { SkuId } from './products.ts';
import { SentTime } from './sent-time.ts';

/** A campaign is the SKU of this name: its capacity is the SKU's stock, and a voucher is one unit of it. */
export const CampaignId = SkuId;

/** Body of `PUT /api/v1/admin/campaigns`, which creates these. An existing campaign keeps its capacity and its history. */
export const SeedCampaigns = z.strictObject({
  campaigns: z
    .array(
      z
        .strictObject({
          campaignId: CampaignId,
          name: PlainText.min(1).max(200),
          /** Number of vouchers. */
          capacity: z.int().min(0).max(1_000_000_000),
          startsAt: SentTime,
          endsAt: SentTime.describe('Later than `startsAt`. In UTC.'),
          /** End of the time in which a voucher can be used; absent: there is none. */
          voucherValidUntil: SentTime.optional(),
          /** True: its vouchers are rewards of a quest, and nobody registers for them. */
          isReward: z.boolean().default(false),
        })
        .refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), {
          path: ['endsAt'],
          message: 'must be later than startsAt',
        }),
    )
    .min(1)
    .max(1000)
    .describe('Each campaign is listed once.'),
});
export type SeedCampaigns = z.input<typeof SeedCampaigns>;

export const SeededCampaigns = z.object({
  created: z.array(CampaignId),
  existing: z.array(CampaignId),
});
export type SeededCampaigns = z.infer<typeof SeededCampaigns>;

/** Body of `POST /api/v1/register`. */
export const RegisterRequest = z.strictObject({ campaignId: CampaignId });
export type RegisterRequest = z.infer<typeof RegisterRequest>;

export const Voucher = z
  .object({
    /** The owner shows it to use the voucher. A guessed code is worth nothing, because only the owner may use it. */
    code: z.string(),
    campaignId: CampaignId,
    orderId: z.uuid(),
    issuedAt: z.iso.datetime(),
    validUntil: z.iso.datetime().nullable(),
    usedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Voucher' });
export type Voucher = z.infer<typeof Voucher>;

/** A registration and the voucher that was issued with it. */
export const Registration = Voucher.extend({
  skuId: SkuId,
  reservationId: z.uuid(),
  /** Number of the stock movement that sold the unit. */
  sequence: z.int(),
}).meta({ id: 'Registration' });
export type Registration = z.infer<typeof Registration>;

/** A page of the caller's vouchers, newest first; `nextCursor` is absent on the last one. */
export const VoucherPage = z.object({
  vouchers: z.array(Voucher),
  nextCursor: z.string().optional(),
});
export type VoucherPage = z.infer<typeof VoucherPage>;

/** Body of `POST /api/v1/voucher/use`. */
export const UseVoucherRequest = z.strictObject({
  code: z.string().regex(/^[\w-]{1,64}$/, 'must be the code of a voucher'),
});
export type UseVoucherRequest = z.infer<typeof UseVoucherRequest>;
