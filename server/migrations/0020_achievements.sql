-- Achievements of users, and the points that they have.

CREATE TABLE achievements (
  achievement_id varchar(64) PRIMARY KEY,
  name           varchar(200) NOT NULL,
  description    varchar(2000) NOT NULL,
  -- The goal: what is counted, how many are needed, and the hashes of the codes where codes are counted.
  counts         varchar(20) NOT NULL,
  needed         integer NOT NULL CHECK (needed > 0),
  code_hashes    text[] NOT NULL,
  points         integer NOT NULL CHECK (points >= 0),
  created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX achievements_by_goal ON achievements (counts);

CREATE TABLE achievement_progress (
  user_id        uuid NOT NULL,
  achievement_id varchar(64) NOT NULL REFERENCES achievements,
  count          integer NOT NULL,
  -- Hashes of the codes that count.
  found          text[] NOT NULL DEFAULT '{}',
  -- Set once: its event gives the points.
  unlocked_at    timestamptz,
  PRIMARY KEY (user_id, achievement_id)
);

-- The points of users and the number of things that they reached, as the queue has told so far. Points never become fewer.
CREATE TABLE user_stats (
  user_id      uuid PRIMARY KEY,
  points       bigint NOT NULL,
  achievements integer NOT NULL,
  quests       integer NOT NULL
);
CREATE INDEX user_stats_by_points ON user_stats (points DESC, user_id) WHERE points > 0;
