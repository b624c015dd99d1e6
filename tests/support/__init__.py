"""What several tests share: processes, databases, independent oracles, recordings."""
