-- Records that alarms rest on, beyond the summaries that the alarm itself has: summary as JSON, body compressed (empty where it was gone).
CREATE TABLE alarm_record (
    alarm_id   TEXT   NOT NULL,
    occurrence BIGINT NOT NULL,
    event_id   TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    summary    TEXT   NOT NULL,
    body       BYTEA  NOT NULL,
    PRIMARY KEY (alarm_id, occurrence, event_id)
);
CREATE INDEX alarm_record_at ON alarm_record (at);

-- Names of keys, from records and from the survey. kind: alias or tag; an alias has no value.
CREATE TABLE key_name (
    key_arn TEXT NOT NULL,
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (key_arn, kind, name)
);
