-- How far a long pass over a source has come; a row goes when the source is complete.
CREATE TABLE read_position (
    source     TEXT   NOT NULL PRIMARY KEY,
    started_at BIGINT NOT NULL,
    reached    BIGINT NOT NULL
);
