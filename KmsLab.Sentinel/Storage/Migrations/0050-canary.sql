-- Canary calls. called_at is by Sentinel's clock, event_time by KMS's (0 until its record is seen). outcome: Unknown, Answered or Failed;
-- transient: whether a failure may pass by itself.
CREATE TABLE canary (
    sequence   BIGINT NOT NULL PRIMARY KEY,
    nonce      TEXT   NOT NULL,
    key_arn    TEXT   NOT NULL,
    called_at  BIGINT NOT NULL,
    outcome    TEXT   NOT NULL,
    request_id TEXT   NOT NULL,
    problem    TEXT   NOT NULL,
    transient  BIGINT NOT NULL,
    event_time BIGINT NOT NULL
);
CREATE INDEX canary_called ON canary (called_at);

-- How far a canary came: Returned (at: when its record was read from the source), Bypassed (only the event history has it), or
-- Lost (it never came, and that was said).
CREATE TABLE canary_passage (
    sequence BIGINT NOT NULL,
    source   TEXT   NOT NULL,
    state    TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (sequence, source)
);

-- Event time up to which each source is known to be complete, by the canaries that came through it.
CREATE TABLE canary_reach (
    source         TEXT   NOT NULL PRIMARY KEY,
    complete_until BIGINT NOT NULL
);
