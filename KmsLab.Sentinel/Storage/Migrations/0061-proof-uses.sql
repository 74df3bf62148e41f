-- Verified proofs of the latest calls, until the trail is known to be complete past their time: whether one is used again. Ids and hashes are 16 bytes,
-- times are Unix milliseconds, evidence is the record's summary as JSON.
CREATE TABLE proof_use (
    record_id BYTEA  NOT NULL PRIMARY KEY,
    key_id    TEXT   NOT NULL,
    nonce     TEXT   NOT NULL,
    signed_at BIGINT NOT NULL,
    call      BYTEA  NOT NULL,
    at        BIGINT NOT NULL,
    set_name  TEXT   NOT NULL,
    evidence  TEXT   NOT NULL
);
CREATE INDEX proof_use_signed ON proof_use (signed_at);
