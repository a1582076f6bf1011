import type { RequestHandler, Router } from 'express';
import { PaymentEvent, SIGNATURE_HEADER } from '../../../src/protocol/payments.ts';
import { validate } from '../../http/request/json-body.ts';
import { methodNotAllowed, refuse } from '../../http/response/problem.ts';
import { respond } from '../../http/response/respond.ts';
import { createRouter } from '../../http/router.ts';
import { isSignedBody } from '../../http/signature.ts';
import type { Payment } from './payment.ts';
import type { PaymentStore, ProviderEvent } from './store.ts';

/** The largest difference between the time in a signature and this server's clock, in either direction. */
export const SIGNATURE_TOLERANCE_MS = 300_000;

const STATUS_OF: Record<PaymentEvent['type'], ProviderEvent['status']> = {
  'payment.charged': 'CHARGED',
  'payment.declined': 'DECLINED',
  'payment.refunded': 'REFUNDED',
};

export function createPaymentRoutes(deps: {
  store: Pick<PaymentStore, 'recordEvent' | 'find'>;
  settle(payment: Payment): Promise<void>;
  /** Shared with the provider. Without it every webhook is refused. */
  secret: string | undefined;
  readJson: RequestHandler;
  nowMs(): number;
  onWebhook(outcome: 'accepted' | 'repeated' | 'forged'): void;
}): Router {
  const { store, settle, secret, readJson, nowMs, onWebhook } = deps;
  const router = createRouter();

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
      const event = { eventId, orderId: paymentId, status: STATUS_OF[type] };
      const isNew = await store.recordEvent(event);
      onWebhook(isNew ? 'accepted' : 'repeated');
      // The event is stored by now. The payment is settled at once; if that fails, the reconciler settles it later.
      const payment = isNew ? await store.find(paymentId) : undefined;
      if (payment !== undefined) await settle(payment);
      respond(res, 200, { received: true });
    })
    .all(methodNotAllowed);

  return router;
}
