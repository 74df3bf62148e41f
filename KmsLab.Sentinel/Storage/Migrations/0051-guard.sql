-- How the way of the evidence is accepted to be, and how it was seen last. since: from when it departs, 0 while it does not.
CREATE TABLE guard_fact (
    resource TEXT   NOT NULL,
    aspect   TEXT   NOT NULL,
    expected TEXT   NOT NULL,
    seen     TEXT   NOT NULL,
    since    BIGINT NOT NULL,
    PRIMARY KEY (resource, aspect)
);

-- Who accepted which changes, as JSON, for good; taken_in: whether the loop has made it the baseline.
CREATE TABLE guard_acceptance (
    id           TEXT   NOT NULL PRIMARY KEY,
    submitted_at BIGINT NOT NULL,
    payload      TEXT   NOT NULL,
    taken_in     BIGINT NOT NULL
);
