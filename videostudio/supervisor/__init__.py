"""One supervisor for the whole studio: web, three clusters, sandbox.

``child`` ties a process to its parent's life, ``processes`` starts and replaces one, ``ports`` finds
where to listen, ``prepare`` brings database and files up to date, ``watch`` judges the clusters,
``studio`` puts them in order.
"""
