-- Silences by matcher, as JSON. told: the one that covers alarms of the audit path was made known.
CREATE TABLE silence (
    id        TEXT   NOT NULL PRIMARY KEY,
    payload   TEXT   NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at   BIGINT NOT NULL,
    told      BIGINT NOT NULL
);
CREATE INDEX silence_ends ON silence (ends_at);
