"""The ordonnance numérique."""
