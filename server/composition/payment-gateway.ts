import { ProviderBehaviour } from '../../src/protocol/payments.ts';
import { createProvider } from '../payment-provider/provider.ts';
import { createHttpGateway, type HttpGateway } from '../selling/payments/gateway/http-gateway.ts';
import { observeGateway } from '../selling/payments/gateway/observed-gateway.ts';
import type { PaymentGateway } from '../selling/payments/gateway/payment-gateway.ts';
import { createSimulatedGateway } from '../selling/payments/gateway/simulated-gateway.ts';
import type { Foundation } from './foundation.ts';

/** The state of a circuit through which no call has gone yet. */
const CLOSED = 0;

export interface ComposedGateway {
  gateway: PaymentGateway;
  /** The configured provider; absent where payments are simulated in this process. */
  provider?: Pick<HttpGateway, 'whyDown'>;
}

/**
 * The gateway to the configured provider, or to one that is simulated in this process.
 *
 * @param ownUrl the base URL of this server; undefined until it listens
 */
export function composePaymentGateway(
  { config, metrics }: Foundation,
  ownUrl: () => string | undefined,
): ComposedGateway {
  const { payment, paymentLatencyMs } = config;
  const observed = (gateway: PaymentGateway) =>
    observeGateway(gateway, (call, outcome) => metrics.paymentCalls.inc({ call, outcome }));
  if (payment === undefined) {
    const behaviour = ProviderBehaviour.parse({ latencyMs: paymentLatencyMs });
    return { gateway: observed(createSimulatedGateway(createProvider({ behaviour, seed: 0 }))) };
  }
  const onCircuit = (state: number) => metrics.circuitState.set({ dependency: 'payment' }, state);
  onCircuit(CLOSED);
  const provider = createHttpGateway({
    ...payment,
    webhookUrl() {
      const url = ownUrl();
      return payment.webhookUrl ?? (url && `${url}/api/v1/payments/webhook`);
    },
    onCircuit,
  });
  return { gateway: observed(provider), provider };
}
