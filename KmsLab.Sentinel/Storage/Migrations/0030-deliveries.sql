-- One row for each notification and channel that it goes to. state is Pending, Sent or GaveUp; times are Unix milliseconds.
-- alarm_id stands here too, for an alarm's notifications reach a channel in order.
CREATE TABLE delivery (
    sequence   BIGINT NOT NULL REFERENCES outbox (sequence),
    channel    TEXT   NOT NULL,
    alarm_id   TEXT   NOT NULL,
    state      TEXT   NOT NULL,
    attempts   BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    settled_at BIGINT,
    problem    TEXT,
    PRIMARY KEY (sequence, channel)
);
CREATE INDEX delivery_due ON delivery (state, channel, due_at, sequence);

-- Until now everything went to the log. An alarm's id stands before the last '-' of its notifications' ids and has 16 characters.
INSERT INTO delivery (sequence, channel, alarm_id, state, attempts, due_at)
SELECT sequence, 'log', substr(id, 1, 16), 'Pending', 0, created_at FROM outbox WHERE sent_at IS NULL;

DROP INDEX outbox_unsent;
ALTER TABLE outbox DROP COLUMN sent_at;
