"""Static files under hashed names, compressed once, served for ever."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class MissingStaticFileError(LookupError):
    """A template names a file that was not collected."""


class ManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names in templates and inside `import … from` of our modules."""

    support_js_module_import_aggregation = True
    # Only our own modules: elsewhere `import("…")` also stands in comments, and would be looked up as a file.
    _js_module_import_aggregation_patterns = (
        "ui/js/*.js",
        ManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],  # type: ignore[attr-defined]
    )

    def stored_name(self, name: str) -> str:
        """The hashed name. Raises MissingStaticFileError saying what to do."""
        try:
            return str(super().stored_name(name))
        except ValueError:
            problem = "is not among them" if self.hashed_files else "cannot be found, for none are collected"
            raise MissingStaticFileError(
                f"Static files: {name} {problem}. Start with `firstwin serve`, which collects them first."
            ) from None
