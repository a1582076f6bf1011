import type { Pool } from 'pg';
import { mayBeOneRequestsFault, uuidArray } from '../../platform/postgres.ts';
import { createGroupCommit } from '../../stock/group-commit.ts';
import type { CheckoutReservation } from './order.ts';

interface Asked {
  reservationId: string;
  userId: string;
}

/** A row of `reservations_to_check_out`: null everywhere for a reservation that this user does not have. */
type Row =
  | Omit<CheckoutReservation, 'reservationId'>
  | Record<keyof Omit<CheckoutReservation, 'reservationId'>, null>;

const BATCH_MAX = 256;

/**
 * Finds a reservation of a user with its price; undefined for a reservation of another user. Reads in groups: while one
 * statement reads, those who ask meanwhile form the next batch, so nobody gets what was read before he asked.
 */
export function createFindReservation(
  pool: Pool,
): (reservationId: string, userId: string) => Promise<CheckoutReservation | undefined> {
  const reads = createGroupCommit<Asked, CheckoutReservation | undefined>({
    keyOf: () => '',
    conflictKey: ({ reservationId }) => reservationId,
    batchMax: BATCH_MAX,
    mayBeOneRequestsFault,
    execute: (_, batch) => read(batch),
  });

  return (reservationId, userId) => reads.submit({ reservationId, userId });

  async function read(batch: Asked[]): Promise<(CheckoutReservation | undefined)[]> {
    const { rows } = await pool.query<Row>({
      name: 'orders.find-reservations',
      text: `SELECT sku_id AS "skuId", quantity, status, sold_by AS "soldBy", total_price AS "totalPrice",
               has_order AS "hasOrder"
             FROM reservations_to_check_out($1, $2)`,
      values: [
        uuidArray(batch.map(({ reservationId }) => reservationId)),
        uuidArray(batch.map(({ userId }) => userId)),
      ],
    });
    return batch.map(({ reservationId }, place) => {
      const row = rows[place];
      return row === undefined || row.status === null ? undefined : { reservationId, ...row };
    });
  }
}
