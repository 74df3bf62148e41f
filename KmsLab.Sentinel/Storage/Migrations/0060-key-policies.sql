-- The last policy and grants of each key that are known, from the trail or from KMS, and the policy before. Times are Unix milliseconds;
-- grants is JSON; previous is empty where there was none.
CREATE TABLE key_policy (
    key_arn  TEXT   NOT NULL PRIMARY KEY,
    policy   TEXT   NOT NULL,
    grants   TEXT   NOT NULL,
    previous TEXT   NOT NULL,
    seen_at  BIGINT NOT NULL
);
