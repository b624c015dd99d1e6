"""The way in for what others collected: one module per layout, and links to what the ledger has."""
