-- What people did about an alarm and what they were told of it, as JSON; the end of its silence stands apart, for pruning.
CREATE TABLE alarm_handling (
    alarm_id       TEXT   NOT NULL PRIMARY KEY,
    payload        TEXT   NOT NULL,
    silenced_until BIGINT NOT NULL
);

-- What the API was asked to do and the loop has not taken in yet, as JSON.
CREATE TABLE alarm_command (
    id           TEXT   NOT NULL PRIMARY KEY,
    alarm_id     TEXT   NOT NULL,
    payload      TEXT   NOT NULL,
    submitted_at BIGINT NOT NULL
);

-- The audit trail of alarms, as JSON; ordinal orders what happened in one turn.
CREATE TABLE alarm_history (
    id          TEXT   NOT NULL PRIMARY KEY,
    alarm_id    TEXT   NOT NULL,
    happened_at BIGINT NOT NULL,
    ordinal     BIGINT NOT NULL,
    payload     TEXT   NOT NULL
);
CREATE INDEX alarm_history_by_alarm ON alarm_history (alarm_id, happened_at, ordinal);
CREATE INDEX alarm_history_at ON alarm_history (happened_at);
