"""Addresses of accounts.

allauth reverses its own names, so they are kept; its `urls` are not included: what is not written here does
not exist (sign-up, sign-in by e-mailed code, trusted browsers).
"""

from allauth.account.views import account_inactive
from django.urls import path
from django.views.generic import RedirectView

from apps.accounts.views import factors, recovery, settings, sign_in

urlpatterns = [
    path("connexion/", sign_in.SignIn.as_view(), name="account_login"),
    path("connexion/code/", sign_in.SecondFactor.as_view(), name="mfa_authenticate"),
    path("connexion/cle/", sign_in.SignInWithPasskey.as_view(), name="mfa_login_webauthn"),
    path("connexion/ferme/", account_inactive, name="account_inactive"),
    path("connexion/perdu/", recovery.Recover.as_view(), name="account_reset_password"),
    path(
        "connexion/perdu/code/",
        recovery.ConfirmRecoveryCode.as_view(),
        name="account_confirm_password_reset_code",
    ),
    path(
        "connexion/perdu/nouveau/",
        recovery.ChooseNewPassword.as_view(),
        name="account_complete_password_reset",
    ),
    path("connexion/perdu/fait/", recovery.Recovered.as_view(), name="account_password_reset_completed"),
    path("connexion/presence/", sign_in.presence, name="presence"),
    path("connexion/presence/mots/", sign_in.session_words, name="session_words"),
    path("deconnexion/", sign_in.SignOut.as_view(), name="account_logout"),
    path("confirmer/", sign_in.ProveByPassword.as_view(), name="account_reauthenticate"),
    path("confirmer/code/", sign_in.ProveByCode.as_view(), name="mfa_reauthenticate"),
    path("confirmer/cle/", sign_in.ProveByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("reglages/", settings.settings, name="settings"),
    path("reglages/appareils/", settings.Devices.as_view(), name="usersessions_list"),
    path("reglages/appareils/<int:session_id>/deconnecter/", settings.sign_out_device, name="sign_out_device"),
    path("reglages/mot-de-passe/", settings.ChangePassword.as_view(), name="account_change_password"),
    path("reglages/mot-de-passe/choisir/", settings.ChoosePassword.as_view(), name="account_set_password"),
    path("reglages/adresse/", settings.Address.as_view(), name="account_email"),
    path(
        "reglages/adresse/confirmer/<str:key>/",
        settings.ConfirmAddress.as_view(),
        name="account_confirm_email",
    ),
    path("reglages/connexion/", factors.Factors.as_view(), name="mfa_index"),
    path("reglages/connexion/protection/", factors.add_protection, name="add_protection"),
    path("reglages/connexion/application/", factors.AddApplication.as_view(), name="mfa_activate_totp"),
    path(
        "reglages/connexion/application/retirer/",
        factors.RemoveApplication.as_view(),
        name="mfa_deactivate_totp",
    ),
    path("reglages/connexion/cles/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("reglages/connexion/cles/ajouter/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path(
        "reglages/connexion/cles/<int:pk>/renommer/",
        factors.RenamePasskey.as_view(),
        name="mfa_edit_webauthn",
    ),
    path(
        "reglages/connexion/cles/<int:pk>/retirer/",
        factors.RemovePasskey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path(
        "reglages/connexion/codes-de-secours/",
        factors.RecoveryCodes.as_view(),
        name="mfa_view_recovery_codes",
    ),
    path(
        "reglages/connexion/codes-de-secours/nouveaux/",
        factors.NewRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "reglages/connexion/codes-de-secours/telecharger/",
        factors.DownloadRecoveryCodes.as_view(),
        name="mfa_download_recovery_codes",
    ),
]
