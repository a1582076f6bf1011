-- Sessions and the refresh tokens that keep them going. The truth about who is logged in: what Redis and the servers
-- remember of it is a copy.

CREATE TABLE sessions (
  session_id uuid PRIMARY KEY,
  user_id    uuid NOT NULL,
  -- The role its tokens say. A change of role ends the session.
  role       varchar(16) NOT NULL CHECK (role IN ('buyer', 'organizer', 'admin')),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Never before the last token of the session expires. The row is swept after that.
  expires_at timestamptz NOT NULL,
  ended_at   timestamptz
);
CREATE INDEX sessions_of_a_user ON sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_ended ON sessions (expires_at) WHERE ended_at IS NOT NULL;

-- Whoever ends a session, by whatever statement, tells all servers of it in the same commit.
CREATE FUNCTION tell_session_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('session_ended', NEW.session_id::text);
  RETURN NULL;
END $$;

CREATE TRIGGER session_ended AFTER UPDATE OF ended_at ON sessions
FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
EXECUTE FUNCTION tell_session_ended();

CREATE TABLE refresh_tokens (
  -- SHA-256. The token is 256 random bits, so there is nothing to guess that a slow hash would protect.
  token_hash bytea PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  -- With the token itself it makes the token that follows.
  salt       bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX refresh_tokens_of_a_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);
