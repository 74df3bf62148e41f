-- For DatabaseMigratorTests: fails when it runs twice.
CREATE TABLE steps (step TEXT NOT NULL PRIMARY KEY);
INSERT INTO steps VALUES ('first');
