-- With CryptoApi:KeyPolicy=PerRecord: which KMS key belongs to which name. key_arn is NULL while somebody is creating the key.
CREATE TABLE record_keys (
    name_hash   BYTEA  NOT NULL PRIMARY KEY, -- SHA-256 of the name, which must not outlive its record
    owner       BYTEA  NOT NULL,             -- who is creating the key: random
    reserved_at BIGINT NOT NULL,             -- Unix milliseconds
    key_arn     TEXT
);
