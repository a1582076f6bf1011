import type { Readable } from 'node:stream';
import { ProviderPayment } from '../../../../src/protocol/payments.ts';

/** A payment has some hundred bytes. More is no answer of a provider in its right mind. */
const ANSWER_BYTES_MAX = 65_536;
/** Characters of a refusal that an error message quotes. */
const QUOTED_MAX = 200;

/**
 * Reads the provider's answer to a call about one payment. The provider is another program with bugs of its own, so its
 * answer counts only if it is small, well-formed and about that payment. Undefined if the provider has no such payment.
 *
 * @throws Error for any other answer; it says nothing of the payment
 */
export async function readAnswer(
  { statusCode, body }: { statusCode: number; body: Readable },
  paymentId: string,
): Promise<ProviderPayment | undefined> {
  const text = await readText(body);
  if (statusCode === 404) return undefined;
  if (statusCode >= 300) {
    throw new Error(`the provider answered ${statusCode}: ${text.slice(0, QUOTED_MAX)}`);
  }
  const payment = ProviderPayment.parse(JSON.parse(text));
  if (payment.paymentId.toLowerCase() !== paymentId.toLowerCase()) {
    throw new Error(`the provider answered about ${payment.paymentId}, not about ${paymentId}`);
  }
  return payment;
}

/** Reads a body to its end. Leaving the loop early destroys the body, and the connection with it. */
async function readText(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) {
      throw new Error(`the provider answered with more than ${ANSWER_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
