"""What a dry run looked at: when any of it changes, its report is about something else."""

import hashlib
import json

from firstwin.connectors.models import ImportDraft


def digest_of(draft: ImportDraft) -> str:
    files = [[file["name"], file["sha256"], file["size"], file["stored"]] for file in draft.files]
    return hashlib.sha256(json.dumps([draft.mapping_text, files]).encode()).hexdigest()
