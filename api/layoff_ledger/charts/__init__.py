"""Answers → charts: figures, their Vega-Lite specifications, and images of them.

A question's module (`statistics`, `attribution`, `rebalancing`, `indicators`) decides what is
drawn; `layout` and `marks` turn any figure into a specification, and `drawing` turns that into
images. Nothing here knows about requests.
"""
