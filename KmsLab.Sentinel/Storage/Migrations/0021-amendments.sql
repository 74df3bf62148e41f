-- What a record counted for: the numbers of its series, separated by spaces, and its event time. A record that replaces it takes that back.
ALTER TABLE seen_record ADD COLUMN series TEXT;
ALTER TABLE seen_record ADD COLUMN event_at BIGINT;
