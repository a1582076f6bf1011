import type { Operation } from '../operation.ts';
import { exportedCalls, questionOf } from './exported-call.ts';

/** The operations as JSON lines with the fields of Porcupine's `Operation`: client, input, call, output and return. */
export function* porcupineLines(operations: Operation[]): Generator<string, void, undefined> {
  for (const { call, process, sku, returnedAtNs } of exportedCalls(operations)) {
    const { kind, hold, newHold, order, voucher, outcome, code, sequence, observed } = call;
    yield JSON.stringify({
      sku,
      clientId: process,
      input: { kind, ...questionOf(call) },
      call: call.invokedAtNs,
      output: { outcome, code, hold, newHold, order, voucher, sequence, observed },
      return: returnedAtNs,
    });
  }
}
