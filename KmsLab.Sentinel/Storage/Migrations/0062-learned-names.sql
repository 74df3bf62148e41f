-- Names that records taught: families of task definitions with protected roles, aliases of keys, keys that were made lately. at is Unix milliseconds.
CREATE TABLE learned_name (
    kind  TEXT   NOT NULL,
    name  TEXT   NOT NULL,
    value TEXT   NOT NULL,
    at    BIGINT NOT NULL,
    PRIMARY KEY (kind, name)
);
