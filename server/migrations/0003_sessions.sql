-- Sessions and the refresh tokens that prolong them. These rows are the truth about who is logged in; Redis and the
-- servers keep copies.

CREATE TABLE sessions (
  session_id uuid PRIMARY KEY,
  user_id    uuid NOT NULL,
  -- The role in the tokens of the session. A change of role ends the session.
  role       varchar(16) NOT NULL CHECK (role IN ('buyer', 'organizer', 'admin')),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- At or after the time at which the last token of the session expires. The row is deleted after that.
  expires_at timestamptz NOT NULL,
  ended_at   timestamptz
);
CREATE INDEX sessions_of_a_user ON sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_ended ON sessions (expires_at) WHERE ended_at IS NOT NULL;

-- Every statement that ends a session notifies all servers in the same commit.
CREATE FUNCTION tell_session_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('session_ended', NEW.session_id::text);
  RETURN NULL;
END $$;

CREATE TRIGGER session_ended AFTER UPDATE OF ended_at ON sessions
FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
EXECUTE FUNCTION tell_session_ended();

CREATE TABLE refresh_tokens (
  -- SHA-256 is enough: the token has 256 random bits and cannot be guessed.
  token_hash bytea PRIMARY KEY,
  session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
  -- The next token is derived from this salt and the token itself.
  salt       bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at    timestamptz
);
CREATE INDEX refresh_tokens_of_a_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);
