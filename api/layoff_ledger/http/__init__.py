"""HTTP in front of the router: requests parsed once, validators, negotiation, encodings, caching.

Nothing here knows any resource, or any format by name: `app.py` passes in what each path offers.
"""
