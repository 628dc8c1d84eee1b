"""Why a file is not taken, as codes. `apps.files.errors` holds the sentences people read."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """One reason a file is refused. The values are stored: never rename one."""

    NO_FILE = "no_file"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_LARGE_TOGETHER = "too_large_together"
    TOO_MANY_FILES = "too_many_files"
    TOO_MANY_PAGES = "too_many_pages"
    TYPE_NOT_ACCEPTED = "type_not_accepted"
    DISGUISED = "disguised"
    CANNOT_JOIN = "cannot_join"
    PDF_LOCKED = "pdf_locked"
    PDF_BROKEN = "pdf_broken"
    IMAGE_BROKEN = "image_broken"
    IMAGE_TOO_WIDE = "image_too_wide"
    TOO_HEAVY = "too_heavy"
    CLINICAL_BROKEN = "clinical_broken"
    NO_WORDS = "no_words"
    DAMAGED_TEXT = "damaged_text"
    PACKAGE_BROKEN = "package_broken"
    PACKAGE_UNSAFE = "package_unsafe"
    MAIL_BROKEN = "mail_broken"
    INFECTED = "infected"
    DAMAGED = "damaged"
    TRY_AGAIN = "try_again"


class Refusal(Exception):
    """Raised by the decoders: this file cannot be taken, for the reason `code`."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code
