-- Quests, the progress of users in them, and the vouchers that completed quests are worth.

-- The vouchers of such a campaign are given by quests alone: nobody registers for them.
ALTER TABLE campaigns ADD COLUMN is_reward boolean NOT NULL DEFAULT false;

CREATE TABLE quests (
  quest_id              varchar(64) PRIMARY KEY,
  name                  varchar(200) NOT NULL,
  description           varchar(2000) NOT NULL,
  -- The goal: what is counted, how many are needed, and the hashes of the codes where codes are counted.
  counts                varchar(20) NOT NULL,
  needed                integer NOT NULL CHECK (needed > 0),
  code_hashes           text[] NOT NULL,
  requires_quests       text[] NOT NULL,
  requires_achievements text[] NOT NULL,
  points                integer NOT NULL CHECK (points >= 0),
  achievement_id        varchar(64),
  -- A user gets one voucher of a campaign, so two quests cannot give the same one.
  campaign_id           varchar(64) UNIQUE REFERENCES campaigns,
  created_at            timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX quests_by_goal ON quests (counts);

CREATE TABLE quest_progress (
  quest_id         varchar(64) NOT NULL REFERENCES quests,
  user_id          uuid NOT NULL,
  count            integer NOT NULL DEFAULT 0,
  -- Hashes of the codes that count.
  found            text[] NOT NULL DEFAULT '{}',
  started_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Id of the start, given by the call that made it.
  start_id         uuid NOT NULL,
  completed_at     timestamptz,
  -- Id of the completion and of the call of the client, given by the call that made it; absent where an event made it.
  completion_id    uuid,
  call_id          varchar(100),
  -- The voucher is owed from the completion on, under the id of the order that will sell it.
  voucher_outcome  varchar(5) CHECK (voucher_outcome IN ('OWED', 'GIVEN', 'GONE')),
  voucher_order_id uuid UNIQUE,
  gone_because     varchar(20) CHECK (gone_because IN ('CAMPAIGN_FULL', 'CAMPAIGN_ENDED')),
  -- A voucher that is still owed at this time is given by whoever finds it.
  give_after       timestamptz,
  PRIMARY KEY (user_id, quest_id),
  CHECK (voucher_outcome IS NULL OR (completed_at IS NOT NULL AND voucher_order_id IS NOT NULL)),
  CHECK ((voucher_outcome = 'GONE') = (gone_because IS NOT NULL))
);
CREATE INDEX quest_vouchers_owed ON quest_progress (give_after) WHERE voucher_outcome = 'OWED';
CREATE INDEX quest_vouchers ON quest_progress (quest_id) WHERE voucher_outcome IS NOT NULL;

-- A new UUIDv7: the time in milliseconds, then random bits. Ids of orders are in the order of time.
CREATE FUNCTION new_order_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT encode(
    set_bit(
      set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
          FROM 1 FOR 6
        ),
        52, 1),
      53, 1),
    'hex')::uuid
$$;

-- Settles what a quest owes in the transaction that issues its voucher, and tells of it. A user who was told that the
-- voucher is gone gets none any more: the sale is refused.
CREATE FUNCTION quests_follow_vouchers() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
  told text;
BEGIN
  -- Looked up in the index by every plan.
  IF NOT EXISTS (
    SELECT FROM quest_progress WHERE voucher_order_id = ANY (ARRAY(SELECT order_id FROM new_vouchers))
  ) THEN RETURN NULL; END IF;

  WITH settled AS (
    UPDATE quest_progress p SET voucher_outcome = 'GIVEN', give_after = NULL
    FROM new_vouchers v
    WHERE p.voucher_order_id = v.order_id AND p.voucher_outcome = 'OWED'
    RETURNING p.user_id, p.quest_id
  )
  SELECT publish_events(
    ARRAY['flashsale.quests'], ARRAY['QUEST_REWARDED'], array_agg(s.user_id::text),
    array_agg(jsonb_build_object(
      'userId', s.user_id, 'questId', q.quest_id, 'name', q.name, 'outcome', 'GIVEN',
      'reward', jsonb_strip_nulls(jsonb_build_object(
        'points', q.points, 'achievementId', q.achievement_id, 'campaignId', q.campaign_id)))),
    clock_timestamp())
  INTO told FROM settled s JOIN quests q USING (quest_id);

  IF EXISTS (
    SELECT FROM new_vouchers v JOIN quest_progress p ON p.voucher_order_id = v.order_id
    WHERE p.voucher_outcome = 'GONE'
  ) THEN
    RAISE EXCEPTION 'a voucher that was refused cannot be given'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'quest_vouchers_are_refused_once';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER vouchers_settle_quests AFTER INSERT ON vouchers
  REFERENCING NEW TABLE AS new_vouchers FOR EACH STATEMENT EXECUTE FUNCTION quests_follow_vouchers();
