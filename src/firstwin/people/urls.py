from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path

from firstwin.people.views import (
    definition_new,
    definitions,
    joining,
    notices,
    settings,
    signing_in,
    staff,
    teams,
    undo,
)

# The sign-in package's pages we want, under the names it knows them by. What is not listed does not exist.
_SIGN_IN = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-in/ended/", account.account_inactive, name="account_inactive"),
    path("sign-in/again/", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/code/", signing_in.authenticate, name="mfa_authenticate"),
    path("sign-in/password/", account.password_reset, name="account_reset_password"),
    path("sign-in/password/sent/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^sign-in/password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "sign-in/password/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("settings/security/password/", account.password_change, name="account_change_password"),
    path("settings/security/two-step/", mfa.index, name="mfa_index"),
    path("settings/security/two-step/on/", totp.activate_totp, name="mfa_activate_totp"),
    path("settings/security/two-step/off/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("settings/security/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("settings/security/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("settings/security/codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]

urlpatterns = [
    *_SIGN_IN,
    path("welcome/", joining.first_run, name="first_run"),
    path("invitation/<str:token>/", joining.invitation, name="invitation"),
    path("people/staff/", staff.staff_list, name="staff"),
    path("people/staff/<int:pk>/", staff.member, name="staff_member"),
    path("people/staff/<int:pk>/disablement/", staff.disable, name="staff_disable"),
    path("people/staff/<int:pk>/enablement/", staff.enable, name="staff_enable"),
    path("people/invitations/", staff.invite, name="invite"),
    path("people/invitations/<int:pk>/revocation/", staff.revoke, name="invitation_revoke"),
    path("people/teams/", teams.team_list, name="teams"),
    path("people/teams/<slug:key>/name/", teams.rename, name="team_rename"),
    path("people/teams/<slug:key>/archive/", teams.archive, name="team_archive"),
    path("people/teams/<slug:key>/restoration/", teams.restore, name="team_restore"),
    path("settings/", settings.profile, name="settings"),
    path("settings/appearance/", settings.appearance, name="settings_appearance"),
    path("settings/theme/", settings.theme, name="settings_theme"),
    path("settings/notifications/", settings.notification_choices, name="settings_notifications"),
    path("settings/security/", settings.security, name="settings_security"),
    path("settings/security/sessions/", settings.sign_out_everywhere, name="sign_out_everywhere"),
    path("settings/audit/", settings.audit, name="audit"),
    path("settings/definitions/", definitions.definition_list, name="definitions"),
    path("settings/definitions/new/<slug:kind>/", definition_new.definition_new, name="definition_new"),
    path("settings/definitions/<slug:kind>/<slug:key>/", definitions.definition, name="definition"),
    path("settings/definitions/<slug:kind>/<slug:key>/edit/", definitions.definition_edit, name="definition_edit"),
    path("settings/definitions/<slug:kind>/<slug:key>/drop/", definitions.definition_drop, name="definition_drop"),
    path(
        "settings/definitions/<slug:kind>/<slug:key>/remove/", definitions.definition_remove, name="definition_remove"
    ),
    path(
        "settings/definitions/<slug:kind>/<slug:key>/rollback/",
        definitions.definition_rollback,
        name="definition_rollback",
    ),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read, name="notices_read"),
    path("undo/<int:pk>/", undo.undo, name="undo"),
]
