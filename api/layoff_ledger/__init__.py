"""A curated, citable knowledge base of layoffs, served as a public REST API."""

__version__ = "0.2.0"
