"""The pages of shares: those of whoever shares, and those of whoever was given a code."""

from apps.documents.sharing.views.sharer import create

__all__ = ["create"]
