-- Distinct encryption contexts by day, key and principal: the smallest hashes, 8 bytes each.
CREATE TABLE context_count (
    day_at    BIGINT NOT NULL,
    key_arn   TEXT   NOT NULL,
    principal TEXT   NOT NULL,
    hashes    BYTEA  NOT NULL,
    PRIMARY KEY (day_at, key_arn, principal)
);
