-- What the leader knows of the trail, for those who only read the database. One row, once it knows something.
CREATE TABLE watermark (
    name     TEXT   NOT NULL PRIMARY KEY,
    known_at BIGINT NOT NULL
);
