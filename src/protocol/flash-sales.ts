import { z } from 'zod';
import { PlainText } from './admin.ts';
import { SkuId } from './products.ts';

/** Names a sale in a path. */
export const SaleId = SkuId;

/** `PUT /api/v1/admin/flash-sales`: makes these exist, for products that exist. A sale that exists stays as it is. */
export const SeedFlashSales = z.strictObject({
  sales: z
    .array(
      z
        .strictObject({
          saleId: SaleId,
          /** What it sells. */
          skuId: SkuId,
          startTime: z.iso.datetime(),
          endTime: z.iso.datetime(),
          productDescription: PlainText.max(2000).default(''),
        })
        .refine(({ startTime, endTime }) => Date.parse(startTime) < Date.parse(endTime), {
          path: ['endTime'],
          message: 'must be later than startTime',
        }),
    )
    .min(1)
    .max(1000),
});
export type SeedFlashSales = z.input<typeof SeedFlashSales>;

export const SeededFlashSales = z.object({ created: z.array(SaleId), existing: z.array(SaleId) });
export type SeededFlashSales = z.infer<typeof SeededFlashSales>;

/** The sale that is on, else the most recent one. */
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

/** An attempt that was accepted: it is in the queue, and what becomes of it is at `/api/orders/status/:productId`. */
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

/** What has become of the caller's attempt to buy a product. */
export const OrderStatusAnswer = z
  .object({ productId: SkuId, userId: z.uuid(), status: AttemptStatus })
  .meta({ id: 'OrderStatusAnswer' });
export type OrderStatusAnswer = z.infer<typeof OrderStatusAnswer>;
