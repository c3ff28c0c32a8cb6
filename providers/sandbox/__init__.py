"""A small real HTTP server that speaks the gateways' dialects and renders real clips.

It is the demo (no key, no cost) and the judge of the tests: it validates as strictly as
the gateways' pages say and keeps a bill of what would have been charged. It imports
nothing of Django, of `generations` or of the adapters, so that it can disagree with them.

    python -m providers.sandbox --port 0 --data-dir DIR

`server.py` starts it, `sandbox.py` keeps the jobs, `dialects/` holds one file per gateway,
`render/` makes the clips, `control.py` answers `/_sandbox/…`.
"""
