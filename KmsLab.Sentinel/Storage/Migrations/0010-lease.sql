-- Who leads. One row; times are Unix milliseconds of the database's own clock. epoch grows with each change of holder; '' is nobody.
CREATE TABLE lease (
    name       TEXT   NOT NULL PRIMARY KEY,
    holder     TEXT   NOT NULL,
    epoch      BIGINT NOT NULL,
    since      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
INSERT INTO lease (name, holder, epoch, since, expires_at) VALUES ('sentinel', '', 0, 0, 0);
