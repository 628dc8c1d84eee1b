"""The limits of one job, as they travel from client to server."""

import struct

#: CPU seconds, seconds by the clock, bytes of memory beyond what the loaded decoders take.
LIMITS = struct.Struct(">IIQ")
