-- How far a replay has read each file; layout '' where it is not known yet.
CREATE TABLE file_position (
    source      TEXT   NOT NULL,
    path        TEXT   NOT NULL,
    length      BIGINT NOT NULL,
    modified_at BIGINT NOT NULL,
    layout      TEXT   NOT NULL,
    position    BIGINT NOT NULL,
    records     BIGINT NOT NULL,
    skip        BIGINT NOT NULL,
    done        BIGINT NOT NULL,
    PRIMARY KEY (source, path)
);
