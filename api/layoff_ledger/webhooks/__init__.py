"""What changed for a question, posted to those who subscribed to it: signed, and retried."""
