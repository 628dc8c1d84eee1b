"""`make bench`: Calepin beside the simplest thing that would do the same, in one run. Ratios, never seconds."""
