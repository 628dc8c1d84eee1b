"""`manage.py open_account odile.martin Odile Martin --email odile@exemple.fr`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from apps.accounts.services import open_account


class Command(BaseCommand):
    """Opens an account without a password: the person chooses one, so that nobody else ever knew it."""

    help = "Opens an account for one person, who chooses the password through « Mot de passe oublié »."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("identifier")
        parser.add_argument("given_name")
        parser.add_argument("family_name")
        parser.add_argument("--email", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("identifier", "given_name", "family_name", "email")
        try:
            user = open_account(**{name: options[name] for name in names})
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"Compte {user.identifier} ouvert. La personne touche « Mot de passe oublié » pour entrer.")
