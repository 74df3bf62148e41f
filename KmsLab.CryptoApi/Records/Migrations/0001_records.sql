-- One record for each name. Names are bytes (UTF-8), so that equal means equal: no collation, no normalisation, and NUL allowed.
-- What header, wrapped_key and body hold: docs/cryptoapi.md, "The stored format".
CREATE TABLE records (
    name        BYTEA  NOT NULL PRIMARY KEY,
    record_id   BYTEA  NOT NULL UNIQUE,
    token_hash  BYTEA  NOT NULL,
    created_at  BIGINT NOT NULL, -- Unix milliseconds
    header      BYTEA  NOT NULL,
    wrapped_key BYTEA  NOT NULL,
    body        BYTEA  NOT NULL
);

-- What stands in for a name that is not there: one for each KMS key, shared by all instances.
CREATE TABLE decoys (
    key_arn     TEXT  NOT NULL PRIMARY KEY,
    record_id   BYTEA NOT NULL,
    wrapped_key BYTEA NOT NULL
);
