"""“Signaler un problème”: the patient says that a document is wrong, its author answers."""
