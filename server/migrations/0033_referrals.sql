-- Referral codes of users, and who registered with them.

-- A code is made when its user asks for it, and stays.
CREATE TABLE referral_codes (
  user_id  uuid PRIMARY KEY,
  code     varchar(12) NOT NULL UNIQUE,
  -- The users who registered with it, up to a bound.
  referred integer NOT NULL DEFAULT 0
);

-- The users who are counted. Each was brought once, and by somebody else.
CREATE TABLE referrals (
  referred_id uuid PRIMARY KEY REFERENCES users,
  referrer_id uuid NOT NULL REFERENCES referral_codes,
  CHECK (referred_id <> referrer_id)
);
