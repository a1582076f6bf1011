import type { PaymentGateway } from './payment-gateway.ts';

/** The same gateway, which reports the outcome of each call to `onCall`. */
export function observeGateway(
  gateway: PaymentGateway,
  onCall: (call: 'charge' | 'find' | 'refund', outcome: string) => void,
): PaymentGateway {
  const observed =
    <Argument, Result extends { outcome: string }>(
      name: 'charge' | 'find' | 'refund',
      call: (argument: Argument) => Promise<Result>,
    ) =>
    async (argument: Argument): Promise<Result> => {
      const result = await call(argument);
      onCall(name, result.outcome);
      return result;
    };
  return {
    charge: observed('charge', gateway.charge),
    find: observed('find', gateway.find),
    refund: observed('refund', gateway.refund),
  };
}
