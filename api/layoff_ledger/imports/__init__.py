"""How data that others collected gets in: one module per layout, and links to the ledger."""
