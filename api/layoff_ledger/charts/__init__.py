"""Answers → charts: figures, their Vega-Lite specifications, and images of them.

A question's module (`statistics`, `attribution`, `rebalancing`, `indicators`) says what is drawn;
`layout` and `marks` make one specification of any figure, `drawing` makes images of it. It knows
no request.
"""
