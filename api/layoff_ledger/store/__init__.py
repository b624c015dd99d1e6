"""Plans → rows and documents: all that talks to the database while requests are answered."""
