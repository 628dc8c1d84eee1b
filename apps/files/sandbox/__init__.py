"""A place where hostile files are opened: a process that holds no secret, can open nothing and dies early.

`server` is started once, without Django, without the environment's secrets, with every decoder loaded. For
each job it forks a child (a few milliseconds, against a third of a second for a new Python), which confines
itself, answers on its own socket and ends. `client` is what the application calls.
"""
