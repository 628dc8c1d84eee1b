import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


def fill_sort_keys(apps, schema_editor):
    """Titles and authors as lists sort them, for the documents that are there already."""
    from apps.documents.search.folding import fold

    documents = apps.get_model("documents", "Document").objects
    for document in documents.only("pk", "title", "author_label").iterator(chunk_size=1000):
        documents.filter(pk=document.pk).update(
            title_key=fold(document.title)[:150], author_key=fold(document.author_label)[:200]
        )


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0005_search'),
        ('files', '0001_initial'),
        ('professionals', '0002_directory'),
        ('records', '0002_find_by_traits'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Problem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=150)),
                ('contact', models.CharField(choices=[('tried', 'Je l’ai déjà contacté, le problème est toujours là'), ('impossible', 'Je ne peux pas le contacter')], max_length=12)),
                ('motive', models.CharField(choices=[('mistake', 'Il y a une erreur dans le document'), ('other_person', 'Ce document parle d’une autre personne'), ('twice', 'Ce document est là 2 fois'), ('unreadable', 'Je n’arrive pas à le lire'), ('other', 'Autre chose')], max_length=16)),
                ('details', models.TextField(max_length=2000)),
                ('reported_at', models.DateTimeField()),
                ('due_on', models.DateField()),
                ('support_allowed_at', models.DateTimeField(blank=True, null=True)),
                ('state', models.CharField(choices=[('open', 'En attente de réponse'), ('answered', 'Répondu'), ('closed', 'Terminé')], default='open', max_length=10)),
                ('outcome', models.CharField(blank=True, choices=[('corrected', 'Le document est corrigé'), ('explained', 'Le document ne change pas')], max_length=10)),
                ('answer', models.TextField(blank=True, max_length=2000)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='document',
            name='author_key',
            field=models.CharField(default='', editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='document',
            name='pinned_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='title_key',
            field=models.CharField(default='', editable=False, max_length=150),
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='comment', serialize=False, to='documents.document')),
                ('text', models.TextField(max_length=3000)),
                ('written_at', models.DateTimeField()),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Folder',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=50)),
                ('name_key', models.CharField(editable=False, max_length=100)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='folders', to='records.healthrecord')),
            ],
        ),
        migrations.AddField(
            model_name='document',
            name='folder',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='documents', to='documents.folder'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('arrived_at__isnull', False), ('deleted_at__isnull', True), ('replaced_by__isnull', True)), fields=['record', 'title_key', 'id'], name='documents_by_title'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('arrived_at__isnull', False), ('deleted_at__isnull', True), ('replaced_by__isnull', True)), fields=['record', 'author_key', '-act_on', '-added_at', '-id'], name='documents_by_author'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('arrived_at__isnull', False), ('deleted_at__isnull', True), ('replaced_by__isnull', True)), fields=['record', 'author', '-act_on', '-added_at', '-id'], name='documents_of_an_author'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('folder__isnull', False)), fields=['folder', '-act_on', '-added_at', '-id'], name='documents_of_a_folder'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('arrived_at__isnull', False), ('deleted_at__isnull', True), ('replaced_by__isnull', True), ('masked_at__isnull', False)), fields=['record', '-act_on', '-added_at', '-id'], name='documents_masked'),
        ),
        migrations.AddIndex(
            model_name='document',
            index=models.Index(condition=models.Q(('arrived_at__isnull', True), ('pinned_at__isnull', False), ('withheld_until__isnull', False), _connector='OR'), fields=['record', '-pinned_at', '-added_at'], name='documents_apart'),
        ),
        migrations.AddField(
            model_name='problem',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='professionals.professional'),
        ),
        migrations.AddField(
            model_name='problem',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='professionals.professional'),
        ),
        migrations.AddField(
            model_name='problem',
            name='closed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='problem',
            name='document',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='problems', to='documents.document'),
        ),
        migrations.AddField(
            model_name='problem',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='records.healthrecord'),
        ),
        migrations.AddField(
            model_name='problem',
            name='reported_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='a_comment_says_something'),
        ),
        migrations.AddConstraint(
            model_name='folder',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_folder_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='folder',
            constraint=models.UniqueConstraint(fields=('record', 'name_key'), name='one_folder_per_name'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(fields=['record', '-reported_at', '-id'], name='problems_of_a_record'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(fields=['author', '-reported_at', '-id'], name='problems_of_an_author'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('answered_by__isnull', True), ('outcome', '')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('answer', ''), _negated=True), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='a_problem_is_answered_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='a_problem_is_closed_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('closed_at__isnull', True), ('state', 'open')), models.Q(('answered_at__isnull', False), ('closed_at__isnull', True), ('state', 'answered')), models.Q(('closed_at__isnull', False), ('state', 'closed')), _connector='OR'), name='a_problem_is_in_one_state'),
        ),
        migrations.AddConstraint(
            model_name='problem',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'closed'), _negated=True), fields=('document',), name='one_standing_problem_per_document'),
        ),
        migrations.RunPython(fill_sort_keys, migrations.RunPython.noop),
    ]
