-- What is normal. Times are the starts of buckets of event time; learned_to is the first bucket that is not learned yet.
CREATE TABLE baseline_cursor (
    detection  TEXT   NOT NULL PRIMARY KEY,
    bucket     BIGINT NOT NULL,
    learned_to BIGINT NOT NULL
);

CREATE TABLE baseline (
    id         BIGINT NOT NULL PRIMARY KEY,
    detection  TEXT   NOT NULL,
    group_key  TEXT   NOT NULL,
    members    TEXT   NOT NULL,
    first_at   BIGINT NOT NULL,
    active_at  BIGINT NOT NULL,
    learned_to BIGINT NOT NULL,
    model      BYTEA  NOT NULL,
    UNIQUE (detection, group_key)
);

CREATE TABLE baseline_count (
    baseline_id BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    records     BIGINT NOT NULL,
    PRIMARY KEY (baseline_id, at)
);
CREATE INDEX baseline_count_at ON baseline_count (at);

-- Which protected set was first used when, and by whom.
CREATE TABLE set_principal (
    set_name  TEXT   NOT NULL,
    principal TEXT   NOT NULL,
    first_at  BIGINT NOT NULL,
    PRIMARY KEY (set_name, principal)
);

-- Who reads protected records, and on which of the 32 days up to last_day (days since 1970) each of them was read; a value is a hash.
CREATE TABLE reader (
    id        BIGINT NOT NULL PRIMARY KEY,
    set_name  TEXT   NOT NULL,
    principal TEXT   NOT NULL,
    client    TEXT   NOT NULL,
    newcomer  BIGINT NOT NULL,
    UNIQUE (set_name, principal, client)
);

CREATE TABLE reader_record (
    reader_id BIGINT NOT NULL,
    value     BYTEA  NOT NULL,
    last_day  BIGINT NOT NULL,
    days      BIGINT NOT NULL,
    PRIMARY KEY (reader_id, value)
);
CREATE INDEX reader_record_day ON reader_record (last_day);
