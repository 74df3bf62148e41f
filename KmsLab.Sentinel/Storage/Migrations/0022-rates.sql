-- The latest bucket of a series, at most a few hours behind: a series whose buckets are all gone goes as well.
ALTER TABLE series ADD COLUMN last_at BIGINT NOT NULL DEFAULT 0;
UPDATE series SET last_at = COALESCE((SELECT MAX(start_at) FROM bucket WHERE series_id = series.id), 0);
