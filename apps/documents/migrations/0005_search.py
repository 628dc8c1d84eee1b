

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0004_confidentiality'),
        ('files', '0001_initial'),
        ('professionals', '0002_directory'),
        ('records', '0002_find_by_traits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchIndex',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='records.healthrecord')),
                ('revision', models.PositiveBigIntegerField(default=0)),
                ('erasures', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_text', serialize=False, to='documents.document')),
                ('revision', models.PositiveBigIntegerField()),
                ('sealed_terms', models.BinaryField()),
                ('sealed_text', models.BinaryField()),
            ],
        ),
        migrations.AddField(
            model_name='document',
            name='indexed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('arrived_at__isnull', False), ('indexed_at__isnull', True)), fields=['id'], name='documents_to_index'),
        ),
        migrations.AddField(
            model_name='searchtext',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='records.healthrecord'),
        ),
        migrations.AddIndex(
            model_name='searchtext',
            index=models.Index(fields=['record', 'revision'], name='search_texts_by_revision'),
        ),
    ]
