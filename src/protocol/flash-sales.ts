import * as z from 'zod';
import { PlainText } from './admin.ts';
import { SkuId } from './products.ts';
import { SentTime } from './sent-time.ts';

/** Id of a flash sale, as in paths. */
export const SaleId = SkuId;

/** Body of `PUT /api/v1/admin/flash-sales`, which creates these for existing products. An existing sale stays as it is. */
export const SeedFlashSales = z.strictObject({
  sales: z
    .array(
      z
        .strictObject({
          saleId: SaleId,
          /** The SKU that it sells. */
          skuId: SkuId,
          startTime: SentTime,
          endTime: SentTime.describe('Later than `startTime`. In UTC.'),
          productDescription: PlainText.max(2000).default(''),
        })
        .refine(({ startTime, endTime }) => Date.parse(startTime) < Date.parse(endTime), {
          path: ['endTime'],
          message: 'must be later than startTime',
        }),
    )
    .min(1)
    .max(1000)
    .describe('Each sale is listed once.'),
});
export type SeedFlashSales = z.input<typeof SeedFlashSales>;

export const SeededFlashSales = z.object({ created: z.array(SaleId), existing: z.array(SaleId) });
export type SeededFlashSales = z.infer<typeof SeededFlashSales>;

/** The flash sale under way, else the most recent one. */
export const FlashSaleStatus = z
  .object({
    id: SaleId,
    status: z.enum(['UPCOMING', 'ACTIVE', 'ENDED']),
    startTime: z.iso.datetime(),
    endTime: z.iso.datetime(),
    currentTime: z.iso.datetime(),
    productId: SkuId,
    productName: z.string(),
    productDescription: z.string(),
  })
  .meta({ id: 'FlashSaleStatus' });
export type FlashSaleStatus = z.infer<typeof FlashSaleStatus>;

/** An attempt that was accepted. It waits in the queue; `/api/orders/status/:productId` has its decision. */
export const AcceptedAttempt = z
  .object({
    attemptId: z.uuid(),
    saleId: SaleId,
    productId: SkuId,
    status: z.literal('PENDING'),
  })
  .meta({ id: 'AcceptedAttempt' });
export type AcceptedAttempt = z.infer<typeof AcceptedAttempt>;

export const AttemptStatus = z.enum(['PENDING', 'SUCCESS', 'FAILED']);
export type AttemptStatus = z.infer<typeof AttemptStatus>;

/** The state of the caller's attempt to buy a product. */
export const OrderStatusAnswer = z
  .object({ productId: SkuId, userId: z.uuid(), status: AttemptStatus })
  .meta({ id: 'OrderStatusAnswer' });
export type OrderStatusAnswer = z.infer<typeof OrderStatusAnswer>;
