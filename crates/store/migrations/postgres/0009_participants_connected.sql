-- Who is connected right now is asked when the media server starts: a few rows among everybody who ever was.
CREATE INDEX participants_connected ON participants (connected_since) WHERE connected_since IS NOT NULL;
