"""Settings, by subject. Each file is short, reads the environment through `environment` and says why."""

# ruff: noqa: F403

from .accounts import *
from .api import *
from .audit import *
from .base import *
from .files import *
from .logging import *
from .notifications import *
from .operator import *
from .prosante_connect import *
from .retention import *
from .security import *
from .tasks import *
