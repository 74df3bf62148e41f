-- The keys of ASP.NET Core's data protection, which cookies and anti-forgery tokens are made with: shared by all Sentinels, kept over restarts.
CREATE TABLE data_protection_key (
    id  TEXT NOT NULL PRIMARY KEY,
    xml TEXT NOT NULL
);
-- Sessions that were signed out of, until their last cookie would have expired.
CREATE TABLE ended_session (
    id        TEXT   NOT NULL PRIMARY KEY,
    forget_at BIGINT NOT NULL
);
