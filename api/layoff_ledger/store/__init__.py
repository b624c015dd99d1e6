"""Plans → rows and documents: everything that talks to the database while requests are answered."""
