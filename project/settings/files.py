"""Where encrypted files lie, under which keys, and how large they may be."""

from __future__ import annotations

from typing import Any

from .environment import DATA_DIR, IS_TEST, env, secret

#: `id:64 hex digits` pairs separated by commas; the first encrypts new files, the others still open old ones.
FILE_KEYS = secret("FILE_KEYS")

#: Bytes. Mon espace santé accepts 5 MB; phone photographs need more.
FILE_MAX_BYTES: int = env.int("FILE_MAX_BYTES", default=20 * 1024 * 1024)
#: Bytes, for all files of one request: several photographs of the sheets of one document.
FILE_MAX_TOTAL_BYTES: int = env.int("FILE_MAX_TOTAL_BYTES", default=3 * FILE_MAX_BYTES)
FILE_MAX_COUNT: int = env.int("FILE_MAX_COUNT", default=30)
FILE_MAX_PAGES: int = env.int("FILE_MAX_PAGES", default=300)
#: Pages drawn as images to be read on a phone; the whole document can always be downloaded.
FILE_MAX_DRAWN_PAGES: int = env.int("FILE_MAX_DRAWN_PAGES", default=30)

#: Django's own handlers would write large uploads to /tmp in clear: this one alone, or none.
FILE_UPLOAD_HANDLERS = ["apps.files.upload.BoundedMemoryUploadHandler"]
#: Bytes of a request outside its files: the longest form is a page of text.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
#: Above FILE_MAX_COUNT, so that a person who chose a few files too many reads a sentence, not an error.
DATA_UPLOAD_MAX_NUMBER_FILES = 4 * FILE_MAX_COUNT

#: `host:port` or the path of clamd's socket. Empty: files are marked "not scanned" (refused in production).
#: clamd's StreamMaxLength must be at least FILE_MAX_BYTES.
CLAMD_ADDRESS: str = env.str("CLAMD_ADDRESS", default="")
FILES_ALLOW_UNSCANNED: bool = env.bool("FILES_ALLOW_UNSCANNED", default=False)

FILES_DIR = DATA_DIR / "files"
#: Named, files lie in this bucket of an S3-compatible store instead of FILES_DIR.
FILES_S3_BUCKET: str = env.str("FILES_S3_BUCKET", default="")


def _vault() -> dict[str, Any]:
    if not FILES_S3_BUCKET:
        return {
            "BACKEND": "apps.files.storage.DurableFileSystemStorage",
            "OPTIONS": {"location": FILES_DIR, "file_permissions_mode": 0o600},
        }
    return {
        "BACKEND": "apps.files.storage_s3.ObjectStorage",
        "OPTIONS": {
            "bucket_name": FILES_S3_BUCKET,
            "endpoint_url": env.str("FILES_S3_ENDPOINT", default="") or None,
            "region_name": env.str("FILES_S3_REGION", default="") or None,
            "access_key": env.str("FILES_S3_ACCESS_KEY", default="") or None,
            "secret_key": env.str("FILES_S3_SECRET_KEY", default="") or None,
            "location": env.str("FILES_S3_PREFIX", default=""),
            "default_acl": None,
            # Names are random: nothing is ever there before, and asking would cost a request each time.
            "file_overwrite": True,
        },
    }


_static = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if IS_TEST
    else "apps.core.staticfiles.HashedStaticFilesStorage"
)
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "vault": _vault(),
    "staticfiles": {"BACKEND": _static},
}
