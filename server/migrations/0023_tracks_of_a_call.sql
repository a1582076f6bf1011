-- The evidence of a call has all of its tracks. Only load tests give ids to calls.
CREATE INDEX tracks_of_a_call ON tracks (call_id) WHERE call_id IS NOT NULL;
