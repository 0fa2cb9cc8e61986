from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "firstwin.accounts"
    label = "accounts"

    def ready(self) -> None:
        # What can be taken back registers itself on import; so does the vocabulary.
        from firstwin.accounts import fields, invariants, merging, navigation, notices, panels, tasks
        from firstwin.accounts.actions import (  # noqa: F401
            assign,
            bulk,
            edit_account,
            people,
            remove,
            set_attributes,
            set_parent,
            set_tags,
            tag,
            touches,
            views,
        )
        from firstwin.accounts.actions.merging import accounts  # noqa: F401

        fields.register_all()
        invariants.register_all()
        merging.register_rules()
        navigation.register_all()
        notices.register_all()
        panels.register()
        tasks.register_schedules()
