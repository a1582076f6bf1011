import { expect, it } from 'vitest';
import { ATTEMPTS, attemptSale, inAttempts } from '../../../../test/judge/attempt-story.ts';
import { type Call, refused, SKU, said } from '../../../../test/judge/story.ts';
import type { LedgerSnapshot } from '../../../history/ledger-snapshot.ts';
import { noPhantom } from '../no-phantom.ts';

const first = <Row>(rows: Row[]): Row => rows[0] as Row;
const others = ATTEMPTS.slice(1);

const judged = (calls: Call[], callId: string | null) =>
  noPhantom.check(
    inAttempts(({ attempts }) => (first(attempts).callId = callId), [...calls, ...others]),
  );
const no = refused('attempt', 'ann', [0, 5], { callId: 'try-0', code: 'LATER' });
const refusal = expect.stringMatching(
  /the attempt of buyer ann for SKU-1 exists although it was refused\. Buyer ann tried/,
);

it('knows an attempt by its call id', () => {
  expect(judged([no, first(ATTEMPTS)], 'try-a').status).toBe('valid');
  expect(judged([no, first(ATTEMPTS)], 'try-0').witness).toMatchObject({
    prose: refusal,
    operations: [{ callId: 'try-0' }],
  });
  const reserve = said('reserve', 'ann', [0, 10], { callId: 'try-a' });
  expect(judged([reserve], 'try-a').witness?.prose).toContain('was made by nobody');
});

it('knows an attempt without a call id by its buyer, and is content with one call that may have made it', () => {
  expect(judged([no, first(ATTEMPTS)], null).status).toBe('valid');
  const onlyNo = judged([no], null);
  expect(onlyNo.witness?.prose).toContain('exists although it was refused');
  expect(judged([], null).witness?.prose).toContain('was made by nobody');
});

it('finds a success with an order of another SKU', () => {
  const evidence = inAttempts(({ orders }: LedgerSnapshot) => (first(orders).skuId = 'SKU-2'));
  const skus = [SKU, 'SKU-2'].map((skuId) => ({ skuId, total: 2 }));
  const ofBoth = { ...evidence, sale: { ...attemptSale, ...evidence.sale, skus } };
  expect(noPhantom.check(ofBoth).witness?.prose).toContain(
    'the attempt of buyer ann for SKU-1 succeeded, and its order is of SKU-2. Buyer ann tried',
  );
});
