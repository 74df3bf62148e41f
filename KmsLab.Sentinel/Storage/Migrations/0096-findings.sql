-- Findings stay until somebody closes them. The occurrence that was closed last stands apart, for pruning.
ALTER TABLE alarm_handling ADD COLUMN closed_occurrence BIGINT NOT NULL DEFAULT 0;

-- A dormant alarm is over for longer than late records are waited for: only people still work with it.
ALTER TABLE alarm ADD COLUMN dormant BIGINT NOT NULL DEFAULT 0;

-- Alarms that were over before this count as closed, without a verdict.
UPDATE alarm_handling
SET closed_occurrence = (SELECT occurrence FROM alarm WHERE alarm.id = alarm_handling.alarm_id),
    payload = '{"closed":{"occurrence":' || CAST((SELECT occurrence FROM alarm WHERE alarm.id = alarm_handling.alarm_id) AS TEXT)
        || ',"at":"2026-11-30T00:00:00Z","by":"sentinel","reason":"over before findings were kept until they are closed"},' || substr(payload, 2)
WHERE EXISTS (SELECT 1 FROM alarm WHERE alarm.id = alarm_handling.alarm_id AND ended = 1);
INSERT INTO alarm_handling (alarm_id, payload, silenced_until, closed_occurrence)
SELECT id, '{"closed":{"occurrence":' || CAST(occurrence AS TEXT)
        || ',"at":"2026-11-30T00:00:00Z","by":"sentinel","reason":"over before findings were kept until they are closed"},"alarmId":"' || id || '"}', 0, occurrence
FROM alarm WHERE ended = 1 AND NOT EXISTS (SELECT 1 FROM alarm_handling WHERE alarm_handling.alarm_id = alarm.id);
