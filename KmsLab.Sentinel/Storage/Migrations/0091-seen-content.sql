-- What the record said (64 bits of a hash), so that another one under its eventID is no duplicate; null where that is not known.
ALTER TABLE seen_record ADD COLUMN content BIGINT;
