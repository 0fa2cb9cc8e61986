"""Static files under hashed names, compressed once, served for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class MissingStaticFile(LookupError):
    """A template names a file that was not collected."""


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names in templates and inside `import … from` of our modules."""

    support_js_module_import_aggregation = True

    def stored_name(self, name: str) -> str:
        """The hashed name. Raises MissingStaticFile saying what to do."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            collected = (
                "is not among the collected static files"
                if self.hashed_files
                else "cannot be found: no static files are collected"
            )
            raise MissingStaticFile(
                f"{name} {collected}. Run `firstwin serve` (it collects them first)."
            ) from None
