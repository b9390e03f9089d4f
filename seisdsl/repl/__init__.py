"""The session that `seis repl` holds: statements entered one by one, checked and run as they come."""
