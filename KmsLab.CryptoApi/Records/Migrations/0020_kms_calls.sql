-- The audit: one row for each cryptographic KMS call, written before the call is made (docs/adr/0003-audit-without-a-round-trip.md).
CREATE TABLE kms_calls (
    nonce      TEXT   NOT NULL PRIMARY KEY, -- of the call's proof, which stands in its User-Agent on CloudTrail
    called_at  BIGINT NOT NULL,             -- Unix milliseconds
    trace_id   TEXT   NOT NULL,             -- of our request
    client     TEXT   NOT NULL,             -- who asked: client:NAME, address:ADDRESS, or the service itself
    client_tag TEXT,                        -- what stands for the client in the proof; NULL where calls are not attested
    operation  TEXT   NOT NULL,
    record_id  TEXT,                        -- 32 hexadecimal digits, as in the encryption context
    key_arn    TEXT,                        -- of a ReEncrypt, the source's
    to_key_arn TEXT,                        -- of a ReEncrypt, the destination's
    outcome    TEXT,                        -- Success, KMS's error code, or Unanswered; NULL while nobody knows
    request_id TEXT                         -- KMS's own, as on CloudTrail
);

CREATE INDEX kms_calls_request_id ON kms_calls (request_id);
CREATE INDEX kms_calls_called_at ON kms_calls (called_at);
