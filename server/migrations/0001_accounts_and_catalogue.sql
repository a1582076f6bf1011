-- Accounts and the catalogue.

CREATE TABLE users (
  user_id       uuid PRIMARY KEY,
  username      varchar(64) NOT NULL UNIQUE,
  -- NULL for users seeded in bulk: they get tokens and cannot log in.
  password_hash varchar(100),
  role          varchar(16) NOT NULL DEFAULT 'buyer' CHECK (role IN ('buyer', 'organizer', 'admin')),
  created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE products (
  sku_id           varchar(64) PRIMARY KEY,
  name             varchar(200) NOT NULL,
  base_price       numeric(12, 2) NOT NULL CHECK (base_price >= 0),
  flash_sale_price numeric(12, 2) NOT NULL CHECK (flash_sale_price >= 0),
  total_inventory  integer NOT NULL CHECK (total_inventory >= 0),
  is_active        boolean NOT NULL DEFAULT true,
  category         varchar(100) NOT NULL DEFAULT 'flash-sale',
  created_at       timestamptz NOT NULL DEFAULT now()
);
