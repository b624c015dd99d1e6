"""HTTP in front of the router: requests parsed once, validators, negotiation, encodings, caching.

Nothing here knows a resource, and no format by its name: `app.py` says what each path offers.
"""
