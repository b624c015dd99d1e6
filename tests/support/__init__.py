"""What several tests stand on: processes, databases, independent oracles, recordings."""
