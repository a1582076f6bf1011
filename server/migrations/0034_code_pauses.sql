-- When an address was sent a code at last, whoever asked for it, so that many users cannot have many sent to one number. A row is
-- deleted when its pause is over.
CREATE TABLE notification_code_pauses (
  channel varchar(16) NOT NULL,
  address varchar(254) NOT NULL,
  sent_at timestamptz NOT NULL,
  PRIMARY KEY (channel, address)
);
CREATE INDEX notification_code_pauses_to_delete ON notification_code_pauses (sent_at);
