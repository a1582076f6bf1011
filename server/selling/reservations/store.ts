import type { Pool } from 'pg';
import type { ReservationRow } from './reservation.ts';

export interface ReservationStore {
  /** The caller's own reservation; somebody else's does not exist. */
  find(reservationId: string, userId: string): Promise<ReservationRow | undefined>;
}

export function createReservationStore(pool: Pool): ReservationStore {
  return {
    async find(reservationId, userId) {
      const { rows } = await pool.query<ReservationRow>({
        name: 'reservations.find',
        text: `SELECT reservation_id, user_id, sku_id, quantity, created_at, expires_at, confirmed_at,
                 CASE WHEN status = 'RESERVED' AND expires_at <= now() THEN 'EXPIRED'
                      ELSE status::text END AS status
               FROM reservations WHERE reservation_id = $1 AND user_id = $2`,
        values: [reservationId, userId],
      });
      return rows[0];
    },
  };
}
