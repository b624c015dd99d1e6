"""Questions → plans: parameters, cursors, and the SQL of lists, statistics and changes."""
