INSERT INTO steps VALUES ('second');
