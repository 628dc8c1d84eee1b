"""Settings, by subject. Each file is short, reads the environment through `environment` and says why."""

from .base import *  # noqa: F403
from .accounts import *  # noqa: F403  # isort: skip
from .api import *  # noqa: F403  # isort: skip
from .audit import *  # noqa: F403  # isort: skip
from .files import *  # noqa: F403  # isort: skip
from .logging import *  # noqa: F403  # isort: skip
from .notifications import *  # noqa: F403  # isort: skip
from .operator import *  # noqa: F403  # isort: skip
from .security import *  # noqa: F403  # isort: skip
from .tasks import *  # noqa: F403  # isort: skip
