"""Sign-offs and their withdrawals are written once: both databases refuse to change or to delete them."""

from django.db import migrations

TABLES = ("generations_signoff", "generations_signoffwithdrawal")
VERBS = ("update", "delete")
WORDS = "a sign-off is never changed nor deleted"

SQLITE = [
    f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for table in TABLES
    for verb in VERBS
]
SQLITE_BACK = [f"DROP TRIGGER {table}_no_{verb}" for table in TABLES for verb in VERBS]
POSTGRES = [
    "CREATE FUNCTION generations_written_once() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'restrict_violation'; END $$",
    *(
        f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION generations_written_once()"
        for table in TABLES
    ),
    *(
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION generations_written_once()"
        for table in TABLES
    ),
]
POSTGRES_BACK = [
    *(f"DROP TRIGGER {table}_{name} ON {table}" for table in TABLES for name in ("written_once", "not_emptied")),
    "DROP FUNCTION generations_written_once()",
]


def make(apps, editor):
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRES:
        editor.execute(statement, params=None)  # none: a per cent sign would be a placeholder


def drop(apps, editor):
    for statement in SQLITE_BACK if editor.connection.vendor == "sqlite" else POSTGRES_BACK:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("generations", "0035_review")]
    operations = [migrations.RunPython(make, drop)]
