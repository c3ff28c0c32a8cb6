"""The search: an FTS5 table on SQLite and a vector on PostgreSQL, both filled by the database from ``words``."""

from django.db import migrations

from generations.words import words_of

SQLITE = (
    # ``words`` are spelt by the studio, so that both databases find the same: ASCII signs are letters and
    # digits only, and everything beyond ASCII is a letter to this tokenizer
    "CREATE VIRTUAL TABLE generations_wordsindex USING fts5"
    "(project, words, tokenize = 'ascii', prefix = '2 3', detail = 'column')",
    "CREATE TRIGGER generations_words_new AFTER INSERT ON generations_takewords BEGIN "
    "INSERT INTO generations_wordsindex (rowid, project, words) VALUES (new.id, new.project_id, new.words); END",
    "CREATE TRIGGER generations_words_changed AFTER UPDATE ON generations_takewords BEGIN "
    "DELETE FROM generations_wordsindex WHERE rowid = old.id; "
    "INSERT INTO generations_wordsindex (rowid, project, words) VALUES (new.id, new.project_id, new.words); END",
    "CREATE TRIGGER generations_words_gone AFTER DELETE ON generations_takewords BEGIN "
    "DELETE FROM generations_wordsindex WHERE rowid = old.id; END",
)
POSTGRES = (
    "ALTER TABLE generations_takewords ADD COLUMN vector tsvector "
    "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED",
    "CREATE INDEX generations_words_vector ON generations_takewords USING gin (vector)",
)
AT_ONCE = 1000


def make_index(apps, editor):
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRES:
        editor.execute(statement)


def drop_index(apps, editor):
    if editor.connection.vendor != "sqlite":
        editor.execute("ALTER TABLE generations_takewords DROP COLUMN vector")
        return
    for name in ("new", "changed", "gone"):
        editor.execute(f"DROP TRIGGER generations_words_{name}")
    editor.execute("DROP TABLE generations_wordsindex")


def fill(apps, editor):
    """Of every take there is, in the order in which they were made."""
    Generation, TakeWords = apps.get_model("generations", "Generation"), apps.get_model("generations", "TakeWords")
    last = None
    while True:
        rows = Generation.objects.select_related("author", "model").order_by("id")
        takes = list((rows.filter(id__gt=last) if last else rows)[:AT_ONCE])
        if not takes:
            return
        TakeWords.objects.bulk_create(TakeWords(generation=take, project_id=take.project_id, words=_words(take)) for take in takes)
        last = takes[-1].pk


def _words(take):
    return " ".join(words_of(take.author.display_name, take.author.username, take.model.label, take.prompt))


class Migration(migrations.Migration):
    dependencies = [("generations", "0032_culling")]
    operations = [
        migrations.RunPython(make_index, drop_index),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
