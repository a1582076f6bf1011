-- Records the answers to a batch of requests under their idempotency keys.
--
-- Parameters:
--   user_ids, routes, keys   of each request; each three of them at most once in a batch
--   claims    the number of the claim that each request has of its key
--   statuses, bodies         the answers
--
-- Result: the places of the requests, from 1, whose answers are recorded. The keys of the others were claimed by other
-- requests meanwhile.
--
-- Rows are locked in the order of their keys, here and where keys are claimed, so that no two batches wait for each other.
CREATE OR REPLACE FUNCTION record_answers(
  user_ids uuid[], routes text[], keys text[], claims int[], statuses smallint[], bodies text[]
)
RETURNS TABLE (place bigint)
LANGUAGE sql
-- As in server/stock/sql/hold.sql.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
  UPDATE idempotency_keys k SET status = q.status, body = q.body
  FROM (
    SELECT * FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY
      AS request (user_id, route, key, claims, status, body, place)
    ORDER BY user_id, route, key
  ) q
  WHERE k.user_id = q.user_id AND k.route = q.route AND k.key = q.key AND k.claims = q.claims
  RETURNING q.place
$$;
