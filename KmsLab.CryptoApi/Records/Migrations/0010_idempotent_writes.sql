-- Writes that came with an Idempotency-Key: what a retry is answered. docs/cryptoapi.md, "Trying again".
CREATE TABLE idempotent_writes (
    key_hash      BYTEA  NOT NULL PRIMARY KEY, -- of the client and its key
    body_hash     BYTEA  NOT NULL,             -- keyed by the Idempotency-Key: says nothing of the body to who lacks it
    claim         BYTEA  NOT NULL,             -- of the attempt that may write the answer
    claimed_until BIGINT NOT NULL,             -- Unix milliseconds; an attempt that died has lost it then
    expires_at    BIGINT NOT NULL,             -- Unix milliseconds
    answer        BYTEA                        -- sealed; null while the attempt is under way
);

CREATE INDEX idempotent_writes_expiry ON idempotent_writes (expires_at);
