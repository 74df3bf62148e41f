-- Keys that were seen with a protected set's tag.
CREATE TABLE protected_key (
    set_name TEXT NOT NULL,
    key_arn  TEXT NOT NULL,
    PRIMARY KEY (set_name, key_arn)
);

-- Distinct values by slot of event time, for detections that count these; a value is a hash.
CREATE TABLE detection_value (
    detection TEXT   NOT NULL,
    group_key TEXT   NOT NULL,
    slot_at   BIGINT NOT NULL,
    value     BYTEA  NOT NULL,
    PRIMARY KEY (detection, group_key, slot_at, value)
);
CREATE INDEX detection_value_at ON detection_value (detection, slot_at);
CREATE INDEX detection_count_by_detection ON detection_count (detection, at);

-- What would have been normal, as JSON; empty for a fixed threshold.
ALTER TABLE alarm ADD COLUMN expected TEXT NOT NULL DEFAULT '';
