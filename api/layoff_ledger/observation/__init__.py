"""What an operator sees of a service: numbers for Prometheus and a line for each request."""
