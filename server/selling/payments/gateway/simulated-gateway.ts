import type { Provider } from '../../../payment-provider/provider.ts';
import type { PaymentGateway } from './payment-gateway.ts';
import { asCharge, asFound, asRefund } from './provider-answer.ts';

/** A gateway to a simulated provider inside this process, which keeps its payments as long as the process lives. */
export const createSimulatedGateway = (provider: Provider): PaymentGateway => ({
  charge: async (request) => asCharge(await provider.charge(request)),
  find: async (paymentId) => asFound(provider.find(paymentId)),
  refund: async (paymentId) => asRefund(provider.refund(paymentId)),
});
