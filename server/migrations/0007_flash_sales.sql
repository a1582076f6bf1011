-- Flash sales: who may buy is decided at once and queued, the order follows.

CREATE TABLE flash_sales (
  sale_id             varchar(64) PRIMARY KEY,
  sku_id              varchar(64) NOT NULL UNIQUE REFERENCES products,
  start_time          timestamptz NOT NULL,
  end_time            timestamptz NOT NULL CHECK (end_time > start_time),
  product_description varchar(2000) NOT NULL DEFAULT '',
  -- Attempts that have succeeded or still may.
  accepted_count      integer NOT NULL DEFAULT 0 CHECK (accepted_count >= 0)
) WITH (fillfactor = 50); -- Room for the hot row's next versions on its own page.

CREATE TYPE attempt_status AS ENUM ('PENDING', 'SUCCESS', 'FAILED');

-- Every accepted attempt, for good: the audit trail of the sale.
CREATE TABLE purchase_attempts (
  attempt_id        uuid PRIMARY KEY,
  sale_id           varchar(64) NOT NULL REFERENCES flash_sales,
  user_id           uuid NOT NULL REFERENCES users,
  -- The order it becomes, if it succeeds; fixed now, so that a repeated delivery makes no second one.
  order_id          uuid NOT NULL UNIQUE,
  status            attempt_status NOT NULL DEFAULT 'PENDING',
  client_attempt_id varchar(100),
  created_at        timestamptz NOT NULL DEFAULT now(),
  decided_at        timestamptz,
  UNIQUE (sale_id, user_id)
);
