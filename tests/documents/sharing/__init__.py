"""What is shared by a code."""
