import { type RequestHandler, Router } from 'express';
import { PaymentEvent, SIGNATURE_HEADER } from '../../../src/protocol/payments.ts';
import { validate } from '../../http/request/json-body.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import { isSignedBody } from '../../http/signature.ts';
import type { Payment } from './payment.ts';
import type { PaymentStore, ProviderEvent } from './store.ts';

/** A webhook's signature holds for so long, in either direction. */
export const SIGNATURE_TOLERANCE_MS = 300_000;

const TOLD: Record<PaymentEvent['type'], ProviderEvent['told']> = {
  'payment.charged': 'CHARGED',
  'payment.declined': 'DECLINED',
  'payment.refunded': 'REFUNDED',
};

export function createPaymentRoutes(deps: {
  store: Pick<PaymentStore, 'hear' | 'find'>;
  settle(payment: Payment): Promise<void>;
  /** Shared with the provider. Without one no webhook can be believed. */
  secret: string | undefined;
  readJson: RequestHandler;
  nowMs(): number;
  onWebhook(outcome: 'accepted' | 'repeated' | 'forged'): void;
}): Router {
  const { store, settle, secret, readJson, nowMs, onWebhook } = deps;
  const router = Router();

  router
    .route('/api/v1/payments/webhook')
    .post(readJson, async (req, res) => {
      const signature = req.get(SIGNATURE_HEADER);
      const terms = { nowMs: nowMs(), toleranceMs: SIGNATURE_TOLERANCE_MS };
      if (secret === undefined || !isSignedBody(req.bodyText, signature, { secret, ...terms })) {
        onWebhook('forged');
        refuse(res, 'INVALID_SIGNATURE', `${SIGNATURE_HEADER} is not a fresh signature of this.`);
        return;
      }
      const { eventId, paymentId, type } = validate(PaymentEvent, req.body);
      const isNews = await store.hear({ eventId, orderId: paymentId, told: TOLD[type] });
      onWebhook(isNews ? 'accepted' : 'repeated');
      // The event is on record by now. What follows from it is done at once if it can be, and by the reconciler if not.
      const payment = isNews ? await store.find(paymentId) : undefined;
      if (payment !== undefined) await settle(payment);
      respond(res, 200, { received: true });
    })
    .all(methodNotAllowed);

  return router;
}
