"""Lines of the audit log and their places in the chain are written once: both databases refuse the rest.

On SQLite a later migration that alters one of these tables makes it anew, without its triggers: it has to make
them again, as ``make`` does.
"""

from django.db import migrations

TABLES = ("providers_auditevent", "providers_auditlink")
VERBS = ("update", "delete")
WORDS = "the audit log is never changed nor deleted"

SQLITE = [
    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for table in TABLES
    for verb in VERBS
]
SQLITE_BACK = [f"DROP TRIGGER {table}_no_{verb}" for table in TABLES for verb in VERBS]
POSTGRES = [
    "CREATE FUNCTION providers_written_once() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'restrict_violation'; END $$",
    *(
        f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION providers_written_once()"
        for table in TABLES
    ),
    *(
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION providers_written_once()"
        for table in TABLES
    ),
]
POSTGRES_BACK = [
    *(f"DROP TRIGGER {table}_{name} ON {table}" for table in TABLES for name in ("written_once", "not_emptied")),
    "DROP FUNCTION providers_written_once()",
]


def make(apps, editor):
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRES:
        editor.execute(statement, params=None)


def drop(apps, editor):
    for statement in SQLITE_BACK if editor.connection.vendor == "sqlite" else POSTGRES_BACK:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("providers", "0009_audit_chain")]
    operations = [migrations.RunPython(make, drop)]
