-- What an alarm's occurrence consists of, and its relatives, as JSON; empty for one that was last written before there was this.
ALTER TABLE alarm ADD COLUMN traits TEXT NOT NULL DEFAULT '';
