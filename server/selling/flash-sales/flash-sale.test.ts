import { expect, it } from 'vitest';
import { refuseAttempt, statusAt } from './flash-sale.ts';

const sale = {
  saleId: 'SALE',
  skuId: 'LAMP',
  startTime: '2024-01-01T10:00:00.000Z',
  endTime: '2024-01-01T11:00:00.000Z',
};
const at = (time: string) => Date.parse(`2024-01-01T${time}Z`);

it('S4.2 is active from its start until just before its end', () => {
  expect(statusAt(sale, at('09:59:59.999'))).toBe('UPCOMING');
  expect(statusAt(sale, at('10:00:00.000'))).toBe('ACTIVE');
  expect(statusAt(sale, at('10:59:59.999'))).toBe('ACTIVE');
  expect(statusAt(sale, at('11:00:00.000'))).toBe('ENDED');
});

it('S4.3 refuses attempts before the start, after the end, and at no sale at all', () => {
  expect(refuseAttempt(sale, at('09:00:00.000'))).toMatchObject({ code: 'SALE_NOT_STARTED' });
  expect(refuseAttempt(sale, at('10:30:00.000'))).toBeUndefined();
  expect(refuseAttempt(sale, at('12:00:00.000'))).toMatchObject({ code: 'SALE_ENDED' });
  expect(refuseAttempt(undefined, at('10:30:00.000'))).toMatchObject({ code: 'NOT_FOUND' });
});
