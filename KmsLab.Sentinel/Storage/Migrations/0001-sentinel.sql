-- Times are Unix milliseconds. Event ids are 16 bytes.

CREATE TABLE source_cursor (
    source       TEXT   NOT NULL PRIMARY KEY,
    completed_at BIGINT NOT NULL
);

CREATE TABLE seen_record (
    id         BYTEA  NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX seen_record_expiry ON seen_record (expires_at);

-- '' stands for no key and for no service: a unique constraint takes two NULLs for different.
CREATE TABLE series (
    id        BIGINT NOT NULL PRIMARY KEY,
    key_arn   TEXT   NOT NULL,
    principal TEXT   NOT NULL,
    operation TEXT   NOT NULL,
    outcome   TEXT   NOT NULL,
    service   TEXT   NOT NULL,
    UNIQUE (key_arn, principal, operation, outcome, service)
);

CREATE TABLE bucket (
    start_at  BIGINT NOT NULL,
    series_id BIGINT NOT NULL REFERENCES series (id),
    size      BIGINT NOT NULL,
    calls     BIGINT NOT NULL,
    PRIMARY KEY (start_at, series_id, size)
);

-- A detection's groups with summaries of their latest records, and exact counts by instant of event time.
CREATE TABLE detection_group (
    detection TEXT   NOT NULL,
    group_key TEXT   NOT NULL,
    members   TEXT   NOT NULL,
    evidence  TEXT   NOT NULL,
    last_at   BIGINT NOT NULL,
    PRIMARY KEY (detection, group_key)
);

CREATE TABLE detection_count (
    detection TEXT   NOT NULL,
    group_key TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    records   BIGINT NOT NULL,
    PRIMARY KEY (detection, group_key, at)
);
CREATE INDEX detection_count_at ON detection_count (at);

CREATE TABLE alarm (
    id             TEXT   NOT NULL PRIMARY KEY,
    detection      TEXT   NOT NULL,
    members        TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    occurrence     BIGINT NOT NULL,
    revision       BIGINT NOT NULL,
    observed       BIGINT NOT NULL,
    threshold      BIGINT NOT NULL,
    window_size    BIGINT NOT NULL,
    first_seen     BIGINT NOT NULL,
    last_seen      BIGINT NOT NULL,
    quiet_at       BIGINT NOT NULL,
    changed_at     BIGINT NOT NULL,
    ended          BIGINT NOT NULL,
    evidence       TEXT   NOT NULL,
    evidence_total BIGINT NOT NULL
);

-- Notifications, written with the state that they tell of; sent_at is set after sending.
CREATE TABLE outbox (
    sequence   BIGINT NOT NULL PRIMARY KEY,
    id         TEXT   NOT NULL UNIQUE,
    payload    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at    BIGINT
);
CREATE INDEX outbox_unsent ON outbox (sent_at, sequence);

CREATE TABLE rejection (
    id          BYTEA  NOT NULL PRIMARY KEY,
    rejected_at BIGINT NOT NULL,
    source      TEXT   NOT NULL,
    origin      TEXT   NOT NULL,
    problem     TEXT   NOT NULL
);

CREATE TABLE counter (
    name  TEXT   NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
