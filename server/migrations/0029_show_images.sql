-- Images of shows. An image is written here with its show, and moves to the object store after that: a show never waits for
-- the store, and gets its image when the store is back.

CREATE TABLE show_images (
  image_id   uuid PRIMARY KEY,
  show_id    uuid NOT NULL,
  -- The newest image of a show is the one that counts. Clocks of several instances would not say which one that is.
  position   bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  -- The image itself, until the object store has it.
  content    bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  stored_at  timestamptz,
  -- Another image or none took its place: the object store is to forget it.
  dropped_at timestamptz,
  -- The time from which anybody may take up what is left to do: storing, or forgetting. While somebody is at it, that is later.
  due_at     timestamptz NOT NULL,
  attempts   integer NOT NULL DEFAULT 1,
  CHECK (content IS NOT NULL OR stored_at IS NOT NULL OR dropped_at IS NOT NULL)
);
CREATE INDEX show_images_of_a_show ON show_images (show_id);
CREATE INDEX show_images_to_do ON show_images (due_at) WHERE stored_at IS NULL OR dropped_at IS NOT NULL;

-- The image that the object store has, and that everybody sees.
ALTER TABLE shows ADD COLUMN image_id uuid;
