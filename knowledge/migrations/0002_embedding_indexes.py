"""One HNSW index for each embedding model, for what no index of a single business holds.

The vectors of a model have its size only inside its index, since the column has none.
"""

from django.db import migrations

MODELS = {
    "minilm": ("local/all-MiniLM-L6-v2", 384),
    "openai_small": ("openai/text-embedding-3-small", 1536),
}


def create(name, model, dimensions):
    return migrations.RunSQL(
        f"CREATE INDEX embedding_{name} ON knowledge_passageembedding"
        f" USING hnsw ((embedding::vector({dimensions})) vector_cosine_ops)"
        f" WHERE model = '{model}'",
        f"DROP INDEX embedding_{name}",
    )


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    operations = [create(name, *model) for name, model in MODELS.items()]
