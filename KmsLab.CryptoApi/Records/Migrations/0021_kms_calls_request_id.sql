-- A call gets its request id at its end only: until then it need not be in that index.
DROP INDEX kms_calls_request_id;
CREATE INDEX kms_calls_request_id ON kms_calls (request_id) WHERE request_id IS NOT NULL;
