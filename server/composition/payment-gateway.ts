import { ProviderBehaviour } from '../../src/protocol/payments.ts';
import { createProvider } from '../payment-provider/provider.ts';
import { createHttpGateway } from '../selling/payments/gateway/http-gateway.ts';
import { observeGateway } from '../selling/payments/gateway/observed-gateway.ts';
import type { PaymentGateway } from '../selling/payments/gateway/payment-gateway.ts';
import { createSimulatedGateway } from '../selling/payments/gateway/simulated-gateway.ts';
import type { Foundation } from './foundation.ts';

/** The state of a circuit through which no call has gone yet. */
const CLOSED = 0;

/**
 * The gateway to the configured provider, or to one that is simulated in this process.
 *
 * @param ownUrl the base URL of this server; undefined until it listens
 */
export function composePaymentGateway(
  { config, metrics }: Foundation,
  ownUrl: () => string | undefined,
): PaymentGateway {
  const { payment, paymentLatencyMs } = config;
  const onCircuit = (state: number) => metrics.circuitState.set({ dependency: 'payment' }, state);
  if (payment !== undefined) onCircuit(CLOSED);
  const gateway =
    payment === undefined
      ? createSimulatedGateway(
          createProvider({
            behaviour: ProviderBehaviour.parse({ latencyMs: paymentLatencyMs }),
            seed: 0,
          }),
        )
      : createHttpGateway({
          ...payment,
          webhookUrl() {
            const url = ownUrl();
            return payment.webhookUrl ?? (url && `${url}/api/v1/payments/webhook`);
          },
          onCircuit,
        });
  return observeGateway(gateway, (call, outcome) => metrics.paymentCalls.inc({ call, outcome }));
}
