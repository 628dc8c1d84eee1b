from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and how they prove who they are."""

    name = "apps.accounts"
    label = "accounts"
