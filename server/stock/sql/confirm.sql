-- Sells a batch of live holds to their owners and records the orders, of one SKU or of several. A batch of one is a single
-- buyer.
--
-- Parameters:
--   sku_ids          the SKUs, each once
--   skus             of each request, the place of its SKU in sku_ids, from 1
--   hold_ids         each at most once in a batch
--   user_ids         the owners who ask
--   order_ids        given by the callers: ids of new orders, or of orders that exist already and are PENDING. Such an
--                    order keeps its price, and may have been placed for an earlier hold
--   payment_methods
--   transaction_ids
--   call_ids         the clients' ids of the calls, or NULL
--   way              the way in which the buyers buy
--
-- Result: one row per request, in order
--   outcome   sold | expired | not_active
--             sold_another_way: the SKU is sold in another way than this one
--             not_found: the hold does not exist, is of another SKU, or is another user's
--             order_exists: the hold is sold, or the order was decided before
--   order_id, quantity, total_price, created_at   the order, if sold
--   sequence  the stock movement, if sold
--
-- A hold was made in time, and may be bought until it lapses, also when the sale is over meanwhile or its SKU off sale. The
-- price is that of the moment at which the order is placed.
--
-- The row locks are taken by statements of their own, in the order of the SKUs, see hold.sql. The orders are locked after
-- them, in the order of their ids, because other statements change an order under its own lock only, without the lock of its
-- SKU.
CREATE OR REPLACE FUNCTION confirm_batch(
  sku_ids text[], skus int[], hold_ids uuid[], user_ids uuid[], order_ids uuid[], payment_methods text[],
  transaction_ids text[], call_ids text[], way way_of_selling
)
RETURNS TABLE (
  outcome text, order_id uuid, quantity int, total_price text, created_at timestamptz, sequence bigint
)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
  -- By the place of the SKU: its last movement, the way in which it is sold, its price.
  last bigint[];
  sold_in way_of_selling[];
  prices numeric[];
  decided_at timestamptz;
  agreed record;
BEGIN
  SELECT array_agg(stock.sequence ORDER BY place), array_agg(sold_by ORDER BY place), array_agg(price ORDER BY place)
  INTO last, sold_in, prices
  FROM (SELECT * FROM unnest($1) WITH ORDINALITY AS s (sku_id, place) ORDER BY sku_id) wanted_sku
  LEFT JOIN LATERAL (
    SELECT i.sequence, i.sold_by, p.flash_sale_price AS price
    FROM inventory i JOIN products p ON p.sku_id = i.sku_id
    WHERE i.sku_id = wanted_sku.sku_id
    FOR UPDATE OF i
  ) stock ON true;
  PERFORM FROM orders WHERE order_id = ANY ($5) ORDER BY order_id FOR UPDATE;
  decided_at := clock_timestamp();

  -- Nearly always every hold is live and an order was placed for it. Then nothing has to be decided for each of them.
  SELECT bool_and(is_sold) AS is_sold, array_agg(quantity ORDER BY place) AS quantities,
    array_agg(total_price ORDER BY place) AS total_prices, array_agg(created_at ORDER BY place) AS placed_at,
    array_agg(sequence ORDER BY place) AS sequences
  INTO agreed
  FROM (
    SELECT q.place, r.quantity, o.total_price, o.created_at,
      last[q.sku] + row_number() OVER (PARTITION BY q.sku ORDER BY q.place) AS sequence,
      coalesce(
        r.status = 'RESERVED' AND r.expires_at > decided_at AND sold_in[q.sku] = $9
          AND o.status = 'PENDING' AND o.reservation_id = q.hold_id,
        false
      ) AS is_sold
    FROM unnest($2, $3, $4, $5) WITH ORDINALITY AS q (sku, hold_id, user_id, order_id, place)
    LEFT JOIN LATERAL (
      SELECT quantity, status, expires_at FROM reservations
      WHERE reservation_id = q.hold_id AND user_id = q.user_id AND sku_id = ($1)[q.sku]
      LIMIT 1
    ) r ON true
    LEFT JOIN LATERAL (
      SELECT status, reservation_id, total_price, created_at FROM orders WHERE order_id = q.order_id LIMIT 1
    ) o ON true
  ) judged;

  IF agreed.is_sold THEN
    UPDATE reservations SET status = 'CONFIRMED', confirmed_at = decided_at WHERE reservation_id = ANY ($3);
    UPDATE orders SET status = 'CONFIRMED' WHERE order_id = ANY ($5);
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, order_id, created_at)
    SELECT ($1)[sku], sequence, 'SOLD', quantity, hold_id, user_id, order_id, decided_at
    FROM unnest($2, $3, $4, $5, agreed.quantities, agreed.sequences) AS q (sku, hold_id, user_id, order_id, quantity, sequence);
    UPDATE inventory i
    SET reserved_count = i.reserved_count - s.units,
        sold_count = i.sold_count + s.units,
        sequence = s.sequence,
        version = i.version + 1,
        updated_at = decided_at
    FROM (
      SELECT ($1)[sku] AS sku_id, sum(quantity) AS units, max(sequence) AS sequence
      FROM unnest($2, agreed.quantities, agreed.sequences) AS q (sku, quantity, sequence)
      GROUP BY sku
    ) s
    WHERE i.sku_id = ANY ($1) AND i.sku_id = s.sku_id;
    RETURN QUERY
    SELECT 'sold', order_id, quantity, total_price::text, created_at, sequence
    FROM unnest($5, agreed.quantities, agreed.total_prices, agreed.placed_at, agreed.sequences)
      AS q (order_id, quantity, total_price, created_at, sequence);
    RETURN;
  END IF;

  RETURN QUERY
  WITH request AS (
    SELECT * FROM unnest($2, $3, $4, $5, $6, $7, $8) WITH ORDINALITY
      AS q (sku, hold_id, user_id, order_id, payment_method, transaction_id, call_id, place)
  ),
  judged AS (
    SELECT q.*, r.quantity, o.total_price AS agreed_price, o.created_at AS placed_at,
      CASE
        WHEN r.reservation_id IS NULL THEN 'not_found'
        WHEN r.status = 'CONFIRMED' OR o.status <> 'PENDING' THEN 'order_exists'
        WHEN sold_in[q.sku] <> $9 THEN 'sold_another_way'
        WHEN r.status = 'CANCELLED' THEN 'not_active'
        WHEN r.status = 'EXPIRED' OR r.expires_at <= decided_at THEN 'expired'
        ELSE 'sold'
      END AS outcome
    FROM request q
    LEFT JOIN LATERAL (
      SELECT * FROM reservations
      WHERE reservation_id = q.hold_id AND user_id = q.user_id AND sku_id = ($1)[q.sku]
      LIMIT 1
    ) r ON true
    LEFT JOIN LATERAL (SELECT * FROM orders WHERE order_id = q.order_id LIMIT 1) o ON true
  ),
  decided AS (
    SELECT *, coalesce(agreed_price, quantity * prices[sku]) AS total_price,
      coalesce(placed_at, decided_at) AS created_at,
      last[sku] + count(*) FILTER (WHERE outcome = 'sold') OVER (PARTITION BY sku ORDER BY place) AS sequence
    FROM judged
  ),
  sold AS (
    SELECT * FROM decided WHERE outcome = 'sold' ORDER BY place
  ),
  confirmed AS (
    UPDATE reservations SET status = 'CONFIRMED', confirmed_at = decided_at
    WHERE reservation_id = ANY (ARRAY(SELECT hold_id FROM sold))
  ),
  ordered AS (
    INSERT INTO orders (order_id, reservation_id, user_id, sku_id, quantity, total_price, status,
                        payment_method, transaction_id, call_id, created_at)
    SELECT order_id, hold_id, user_id, ($1)[sku], quantity, total_price, 'CONFIRMED',
           payment_method, transaction_id, call_id, decided_at
    FROM sold
    ON CONFLICT (order_id) DO UPDATE SET status = 'CONFIRMED', reservation_id = excluded.reservation_id
  ),
  moved AS (
    INSERT INTO stock_movements (sku_id, sequence, kind, quantity, reservation_id, user_id, order_id, created_at)
    SELECT ($1)[sku], sequence, 'SOLD', quantity, hold_id, user_id, order_id, decided_at FROM sold
  ),
  counted AS (
    UPDATE inventory i
    SET reserved_count = i.reserved_count - s.units,
        sold_count = i.sold_count + s.units,
        sequence = s.sequence,
        version = i.version + 1,
        updated_at = decided_at
    FROM (SELECT ($1)[sku] AS sku_id, sum(quantity) AS units, max(sequence) AS sequence FROM sold GROUP BY sku) s
    WHERE i.sku_id = ANY ($1) AND i.sku_id = s.sku_id
  )
  SELECT outcome, order_id, quantity, total_price::text, created_at, sequence
  FROM decided
  ORDER BY place;
END $$;
