"""What changed for a question, posted to those who asked for it: signed, and tried again."""
