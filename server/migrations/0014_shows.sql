-- Shows: what an organizer sells tickets of. The API calls them events; in the code and in these tables an event is a
-- message.

CREATE TABLE shows (
  show_id      uuid PRIMARY KEY,
  organizer_id uuid NOT NULL,
  title        varchar(150) NOT NULL,
  description  varchar(4000) NOT NULL,
  venue        varchar(150) NOT NULL,
  city         varchar(100) NOT NULL,
  -- Whole milliseconds, as the cursors of pages have them.
  starts_at    timestamptz NOT NULL,
  ends_at      timestamptz NOT NULL CHECK (ends_at > starts_at),
  cancelled_at timestamptz,
  created_at   timestamptz NOT NULL,
  search       tsvector NOT NULL GENERATED ALWAYS AS (
    to_tsvector('simple', title || ' ' || venue || ' ' || city || ' ' || description)
  ) STORED
);
-- Lists have the shows that take place, in the order in which they start.
CREATE INDEX shows_by_start ON shows (starts_at, show_id) WHERE cancelled_at IS NULL;
CREATE INDEX shows_of_a_city ON shows (lower(city), starts_at, show_id) WHERE cancelled_at IS NULL;
CREATE INDEX shows_by_words ON shows USING gin (search);
