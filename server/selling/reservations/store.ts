import type { Pool } from 'pg';
import type { Hold } from '../../stock/ledger.ts';
import type { ReservationRow } from './reservation.ts';

export interface ReservationStore {
  /** A reservation of this user; undefined for a reservation of another user. */
  find(reservationId: string, userId: string): Promise<ReservationRow | undefined>;
  /** A hold as it was when it was made, also if it was sold or released since. */
  findMade(holdId: string): Promise<{ hold: Hold; sequence: number } | undefined>;
}

export function createReservationStore(pool: Pool): ReservationStore {
  return {
    async find(reservationId, userId) {
      const { rows } = await pool.query<ReservationRow>({
        name: 'reservations.find',
        text: `SELECT reservation_id, user_id, sku_id, quantity, created_at, expires_at, confirmed_at, basket_id,
                 CASE WHEN status = 'RESERVED' AND expires_at <= now() THEN 'EXPIRED'
                      ELSE status::text END AS status
               FROM reservations WHERE reservation_id = $1 AND user_id = $2`,
        values: [reservationId, userId],
      });
      return rows[0];
    },
    async findMade(holdId) {
      const { rows } = await pool.query<Hold & { sequence: number }>({
        name: 'reservations.find-made',
        text: `SELECT reservation_id AS "holdId", user_id AS "userId", sku_id AS "skuId", quantity,
                 created_at AS "createdAt", expires_at AS "expiresAt", sequence
               FROM reservations WHERE reservation_id = $1`,
        values: [holdId],
      });
      const row = rows[0];
      if (row === undefined) return undefined;
      const { sequence, ...hold } = row;
      return { hold, sequence };
    },
  };
}
