from django.db import migrations, models


def tell_technical_titles(apps, schema_editor):
    """Clinical documents that came from care before their titles were told apart, and how a list now sorts them."""
    from apps.documents import types
    from apps.documents.search.folding import fold

    documents = apps.get_model("documents", "Document").objects
    clinical = documents.filter(file__media_type="text/xml").exclude(author_label="")
    for document in clinical.only("pk", "type_code").iterator(chunk_size=1000):
        documents.filter(pk=document.pk).update(
            has_technical_title=True, title_key=fold(types.get(document.type_code).plain)[:150]
        )


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0009_list_stamps'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='has_technical_title',
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(tell_technical_titles, migrations.RunPython.noop),
    ]
