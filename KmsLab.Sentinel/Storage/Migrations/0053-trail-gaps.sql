-- Times in which the trail was cut, and how far each is filled from the event history, as JSON.
CREATE TABLE trail_gap (
    id      TEXT   NOT NULL PRIMARY KEY,
    from_at BIGINT NOT NULL,
    filled  BIGINT NOT NULL,
    payload TEXT   NOT NULL
);

-- When the trail guard last found the trail whole: a cut that it finds later began after that.
CREATE TABLE trail_whole (
    name     TEXT   NOT NULL PRIMARY KEY,
    whole_at BIGINT NOT NULL
);
