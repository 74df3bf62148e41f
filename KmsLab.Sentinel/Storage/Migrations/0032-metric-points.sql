-- Calls that CloudWatch has not been told of yet, by minute of event time and dimensions (JSON).
CREATE TABLE metric_point (
    start_at   BIGINT NOT NULL,
    dimensions TEXT   NOT NULL,
    calls      BIGINT NOT NULL,
    PRIMARY KEY (start_at, dimensions)
);

-- Keys and principals that have a dimension of their own, by kind.
CREATE TABLE metric_name (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (kind, name)
);
