"""Static files under names that change with their content, compressed once, kept for ever by browsers."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which also rewrites what ES modules import.

    Rules for `static/js`: one import of a module per file and no `export … from`, or a name is hashed twice.
    """

    support_js_module_import_aggregation = True
