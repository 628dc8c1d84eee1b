"""A simulator of ProSanté Connect: the real protocol, fictional professionals, and a sign on every page that says so.

It exists in demo and test mode, where no issuer is named (`settings.PSC_SIMULATED`); production answers 404.
Authlib holds the protocol; what was handed out is in the cache for a minute, as with the original.
"""
