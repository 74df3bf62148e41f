-- Who used which key on which day (UTC, event time), and what the proofs of cryptographic calls on protected keys said. '' stands for no key.
CREATE TABLE key_use (
    day_at       BIGINT NOT NULL,
    key_arn      TEXT   NOT NULL,
    principal    TEXT   NOT NULL,
    calls        BIGINT NOT NULL,
    errors       BIGINT NOT NULL,
    attested     BIGINT NOT NULL,
    unattested   BIGINT NOT NULL,
    unverifiable BIGINT NOT NULL,
    first_at     BIGINT NOT NULL,
    last_at      BIGINT NOT NULL,
    PRIMARY KEY (day_at, key_arn, principal)
);

-- Since when, as long as any day of the pair is kept: the first of those days may be gone.
CREATE TABLE key_principal (
    key_arn   TEXT   NOT NULL,
    principal TEXT   NOT NULL,
    first_at  BIGINT NOT NULL,
    PRIMARY KEY (key_arn, principal)
);
