"""How the patient's side keeps its documents: folders, pins, comments. None of it is shown to professionals."""
