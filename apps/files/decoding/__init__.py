"""Opens what strangers send: proves types, cleans, draws pages. Knows no Django and holds no secret.

`kinds` and `refusals` are pure Python and may be imported anywhere. The other modules call C libraries on
hostile bytes and run only inside `apps.files.sandbox`, in a process that can open nothing and has little
time and memory.
"""
