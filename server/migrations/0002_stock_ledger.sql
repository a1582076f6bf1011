-- The stock ledger: the counts of each SKU, its holds and orders, every change in order, and the events of each change.
-- One transaction commits all rows of a change.

CREATE TABLE inventory (
  inventory_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  sku_id          varchar(64) NOT NULL UNIQUE REFERENCES products,
  total_count     integer NOT NULL CHECK (total_count >= 0),
  reserved_count  integer NOT NULL DEFAULT 0 CHECK (reserved_count >= 0),
  sold_count      integer NOT NULL DEFAULT 0 CHECK (sold_count >= 0),
  available_count integer NOT NULL CHECK (available_count >= 0),
  -- Counts updates of the row, for optimistic locking.
  version         integer NOT NULL DEFAULT 0,
  -- Number of the SKU's last stock movement.
  sequence        bigint NOT NULL DEFAULT 0,
  updated_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT inventory_adds_up CHECK (total_count = available_count + reserved_count + sold_count)
) WITH (fillfactor = 50); -- Room for the hot row's next versions on its own page.

CREATE TYPE reservation_status AS ENUM ('RESERVED', 'CONFIRMED', 'EXPIRED', 'CANCELLED');

CREATE TABLE reservations (
  reservation_id uuid PRIMARY KEY,
  user_id        uuid NOT NULL,
  sku_id         varchar(64) NOT NULL REFERENCES products,
  quantity       integer NOT NULL CHECK (quantity > 0),
  status         reservation_status NOT NULL,
  created_at     timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL,
  confirmed_at   timestamptz,
  attempt_id     varchar(100),
  -- Number of the stock movement that made it.
  sequence       bigint NOT NULL DEFAULT 0
);

-- One hold or purchase per buyer and SKU, whatever a strategy does.
CREATE UNIQUE INDEX reservations_one_per_buyer ON reservations (user_id, sku_id)
  WHERE status IN ('RESERVED', 'CONFIRMED');
-- The sweeper reads the lapsed holds by this index.
CREATE INDEX reservations_lapsing ON reservations (expires_at) WHERE status = 'RESERVED';

CREATE TYPE order_status AS ENUM ('PENDING', 'CONFIRMED', 'FAILED', 'CANCELLED', 'FULFILLED');

CREATE TABLE orders (
  order_id       uuid PRIMARY KEY,
  reservation_id uuid NOT NULL REFERENCES reservations,
  user_id        uuid NOT NULL,
  sku_id         varchar(64) NOT NULL REFERENCES products,
  quantity       integer NOT NULL CHECK (quantity > 0),
  total_price    numeric(14, 2) NOT NULL,
  status         order_status NOT NULL,
  payment_method varchar(32) NOT NULL,
  transaction_id varchar(100) NOT NULL,
  attempt_id     varchar(100),
  created_at     timestamptz NOT NULL
);
CREATE INDEX orders_of_a_user ON orders (user_id, order_id);
-- After a payment that failed, the reservation may be paid for again.
CREATE UNIQUE INDEX orders_one_per_reservation ON orders (reservation_id) WHERE status <> 'FAILED';
-- One transaction pays one order. Orders that cost nothing bear their own id as the transaction.
CREATE UNIQUE INDEX orders_one_per_transaction ON orders (user_id, transaction_id);

-- One row per change, never updated or deleted.
CREATE TABLE stock_movements (
  sku_id         varchar(64) NOT NULL,
  sequence       bigint NOT NULL,
  kind           varchar(16) NOT NULL,
  quantity       integer NOT NULL,
  reservation_id uuid NOT NULL,
  created_at     timestamptz NOT NULL,
  PRIMARY KEY (sku_id, sequence)
);

-- Rows are deleted when they are delivered, so the table stays small and needs no index on the rows that wait.
CREATE TABLE outbox (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic      varchar(64) NOT NULL,
  key        varchar(64) NOT NULL,
  type       varchar(32) NOT NULL,
  payload    jsonb NOT NULL,
  created_at timestamptz NOT NULL
);
