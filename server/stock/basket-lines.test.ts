import { expect, it } from 'vitest';
import { basketLines } from './basket-lines.ts';

it('S1.3 the holds of a basket have the same ids whenever it is wanted, in the order of its lines', () => {
  const wanted = [
    { skuId: 'stand', quantity: 2 },
    { skuId: 'seat', quantity: 1 },
  ];
  const lines = basketLines('0193a5b0-7c1e-7abc-8def-0123456789ab', wanted, 'call');
  expect(lines).toEqual([
    {
      ...{ holdId: '0193a5b0-7c1e-7abc-8def-012345678901', skuId: 'stand', quantity: 2 },
      callId: 'call.1',
    },
    {
      ...{ holdId: '0193a5b0-7c1e-7abc-8def-012345678902', skuId: 'seat', quantity: 1 },
      callId: 'call.2',
    },
  ]);
});
