from django.urls import path

from firstwin.connectors.views import changes, files, history, mapping, matches, preview, runs, sources, upload

urlpatterns = [
    path("imports/", history.imports, name="imports"),
    path("imports/sources/", sources.sources, name="import_sources"),
    path("imports/matches/", matches.queue, name="matches"),
    path("imports/matches/sure/", matches.accept_sure, name="matches_sure"),
    path("imports/matches/<int:pk>/", matches.case, name="match"),
    path("imports/new/", upload.new, name="import_new"),
    path("imports/new/sample/", upload.sample, name="import_sample"),
    path("imports/drafts/<uuid:draft>/", upload.resume, name="import_draft"),
    path("imports/drafts/<uuid:draft>/removal/", upload.discard, name="import_draft_removal"),
    path("imports/drafts/<uuid:draft>/upload/", upload.more, name="import_upload"),
    path("imports/drafts/<uuid:draft>/files/", files.files, name="import_files"),
    path("imports/drafts/<uuid:draft>/files/<slug:file>/", files.one, name="import_file"),
    path("imports/drafts/<uuid:draft>/files/<slug:file>/removal/", files.remove, name="import_file_removal"),
    path("imports/drafts/<uuid:draft>/mapping/", mapping.first, name="import_mapping"),
    path("imports/drafts/<uuid:draft>/mapping/<slug:file>/", mapping.one_file, name="import_mapping_file"),
    path("imports/drafts/<uuid:draft>/text/", mapping.text, name="import_text"),
    path("imports/drafts/<uuid:draft>/preview/", preview.preview, name="import_preview"),
    path("imports/drafts/<uuid:draft>/dry-run/", preview.dry_run, name="import_dry_run"),
    path("imports/drafts/<uuid:draft>/application/", preview.apply, name="import_apply"),
    path("imports/<int:run>/", runs.run, name="import_run"),
    path("imports/<int:run>/progress/", runs.progress, name="import_progress"),
    path("imports/<int:run>/changes/", changes.changes, name="import_changes"),
    path("imports/<int:run>/resumption/", runs.resume, name="import_resume"),
    path("imports/<int:run>/stop/", runs.stop, name="import_stop"),
    path("imports/<int:run>/undo/", runs.undo, name="import_undo"),
    path("imports/<int:run>/again/", runs.again, name="import_again"),
    path("imports/<int:run>/rejects/<slug:file>/", runs.rejects, name="import_rejects"),
]
