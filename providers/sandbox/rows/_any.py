"""What stands on no gateway's page: the pages of proxies in between, and answers with the wrong body."""

from providers.sandbox.rows._row import poll, submit
from providers.sandbox.wire import proxy_text

_BARE = {"error": "x"}  # no word that any page knows


ROWS = (
    submit("bare 401", "an error without a known word", 401, _BARE),
    submit("bare 402", "an error without a known word", 402, _BARE),
    submit("bare 404", "an error without a known word", 404, _BARE),
    submit("bare 408", "an error without a known word; the job was made", 408, _BARE, made=True),
    submit("bare 429", "an error without a known word, once", 429, _BARE, times=1),
    submit("bare 500", "an error without a known word; the job was made", 500, _BARE, made=True),
    submit("page 413", "a proxy's page", 413, proxy_text(413)),
    submit("page 502", "a proxy's page; the job was made", 502, proxy_text(502), made=True),
    submit("page 503", "a proxy's page; the job was made", 503, proxy_text(503), made=True),
    submit("page 504", "a proxy's page; the job was made", 504, proxy_text(504), made=True),
    submit("page 200", "a proxy's page as a success; the job was made", 200, proxy_text(200), made=True),
    submit("redirect", "a redirect; the job was made", 302, "", made=True, headers={"Location": "/"}),
    submit("empty", "a success without a body; the job was made", 200, "", made=True),
    submit("list", "a success with a list; the job was made", 200, [], made=True),
    submit("object", "a success that names no job; it was made", 200, {}, made=True),
    poll("bare 401", "an error without a known word", 401, _BARE),
    poll("bare 429", "an error without a known word", 429, _BARE),
    poll("bare 500", "an error without a known word", 500, _BARE),
    poll("page 502", "a proxy's page", 502, proxy_text(502)),
    poll("page 503", "a proxy's page", 503, proxy_text(503)),
    poll("page 504", "a proxy's page", 504, proxy_text(504)),
    poll("page 200", "a proxy's page as a success", 200, proxy_text(200)),
    poll("redirect", "a redirect", 302, "", headers={"Location": "/"}),
    poll("empty", "a success without a body", 200, ""),
    poll("cut", "JSON that breaks off", 200, "[1"),
    poll("list", "a success with a list", 200, []),
)
