-- Gives the columns that hold the client's id of a call the name call_id. An attempt is a flash-sale attempt only.
--
-- Servers of the version before write the old names: they must be stopped before this version starts.

ALTER TABLE reservations RENAME COLUMN attempt_id TO call_id;
ALTER TABLE orders RENAME COLUMN attempt_id TO call_id;
ALTER TABLE vouchers RENAME COLUMN used_by_attempt_id TO used_by_call_id;
ALTER TABLE purchase_attempts RENAME COLUMN client_attempt_id TO call_id;

-- The functions that write these columns. `migrate.ts` creates them again, from the `sql` folders of their features.
-- Dropped, because CREATE OR REPLACE cannot rename a parameter. The first two are absent in a new database.
DROP FUNCTION IF EXISTS hold_stock(text, uuid[], uuid[], int[], text[], int);
DROP FUNCTION IF EXISTS confirm_holds(text, uuid[], uuid[], uuid[], text[], text[], text[]);
DROP FUNCTION accept_attempts(text, uuid[], uuid[], text[], text);
