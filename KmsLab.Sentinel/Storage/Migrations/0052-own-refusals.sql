-- Request ids of Sentinel's own calls that AWS refused.
CREATE TABLE own_refusal (
    request_id TEXT   NOT NULL PRIMARY KEY,
    refused_at BIGINT NOT NULL
);
