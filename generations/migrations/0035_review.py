"""Notes, decisions, sign-off, links for guests, and what people are told of them."""

import django.db.models.deletion
import providers.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('generations', '0034_review_proxy'),
        ('providers', '0008_pause_cause'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CommentEdit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField(blank=True)),
                ('drawing', models.JSONField(default=list)),
                ('checklist', models.JSONField(default=list)),
                ('frame', models.PositiveIntegerField(null=True)),
                ('frame_end', models.PositiveIntegerField(null=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=providers.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('review', models.CharField(blank=True, choices=[('in_review', 'In review'), ('changes', 'Changes requested'), ('approved', 'Approved'), ('rejected', 'Rejected')], max_length=10)),
                ('person_name', models.CharField(max_length=150)),
                ('verified_by', models.CharField(choices=[('member', 'signed in'), ('mail', 'confirmed by mail'), ('name', 'name unverified')], default='member', max_length=6)),
                ('file_sha256', models.CharField(blank=True, max_length=64)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Guest',
            fields=[
                ('id', models.UUIDField(default=providers.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('key_sha256', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('seen_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.UUIDField(default=providers.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('mention', 'named you in a note'), ('reply', 'answered a note of yours'), ('note', 'wrote a note on a take of yours'), ('assigned', 'asks you to review a take'), ('decision', 'decided on a take of yours'), ('fixed', 'made a new version for a note of yours')], max_length=8)),
                ('actor_name', models.CharField(max_length=150)),
                ('detail', models.JSONField(default=dict)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('seen_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ShareItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ShareLink',
            fields=[
                ('id', models.UUIDField(default=providers.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('token_sha256', models.CharField(max_length=64, unique=True)),
                ('token_end', models.CharField(max_length=4)),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('brand', models.CharField(blank=True, max_length=120, verbose_name='brand line')),
                ('follows_view', models.BooleanField(default=False)),
                ('passphrase', models.CharField(blank=True, max_length=200)),
                ('expires_at', models.DateTimeField(null=True)),
                ('most_views', models.PositiveIntegerField(null=True)),
                ('views', models.PositiveIntegerField(default=0)),
                ('may_comment', models.BooleanField(default=False)),
                ('may_approve', models.BooleanField(default=False)),
                ('may_download', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='SignOff',
            fields=[
                ('id', models.UUIDField(default=providers.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('statement', models.JSONField()),
                ('sha256', models.CharField(max_length=64)),
                ('seal', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='SignOffWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AddField(
            model_name='generation',
            name='review',
            field=models.CharField(blank=True, choices=[('in_review', 'In review'), ('changes', 'Changes requested'), ('approved', 'Approved'), ('rejected', 'Rejected')], max_length=10),
        ),
        migrations.AddField(
            model_name='generation',
            name='review_due_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='generation',
            name='review_no',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='generation',
            name='reviewer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='generation',
            name='signed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.UUIDField(default=providers.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('audience', models.CharField(choices=[('internal', 'Internal'), ('client', 'Client')], default='internal', max_length=8)),
                ('author_name', models.CharField(max_length=150)),
                ('frame', models.PositiveIntegerField(null=True)),
                ('frame_end', models.PositiveIntegerField(null=True)),
                ('body', models.TextField(blank=True)),
                ('drawing', models.JSONField(default=list)),
                ('checklist', models.JSONField(default=list)),
                ('version', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('edited_at', models.DateTimeField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('resolved_at', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('generation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='generations.generation')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='generations.comment')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='generations.project')),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('resolved_in', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='generations.generation')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='generation',
            name='fixes',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='fixed_by', to='generations.comment'),
        ),
        migrations.AddIndex(
            model_name='generation',
            index=models.Index(condition=models.Q(('review', ''), _negated=True), fields=['project', 'review', '-id'], name='takes_in_review'),
        ),
        migrations.AddField(
            model_name='commentedit',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='commentedit',
            name='comment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='edits', to='generations.comment'),
        ),
        migrations.AddField(
            model_name='decision',
            name='comment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='generations.comment'),
        ),
        migrations.AddField(
            model_name='decision',
            name='generation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='generations.generation'),
        ),
        migrations.AddField(
            model_name='decision',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='decision',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='generations.project'),
        ),
        migrations.AddField(
            model_name='decision',
            name='guest',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='decisions', to='generations.guest'),
        ),
        migrations.AddField(
            model_name='comment',
            name='guest',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='comments', to='generations.guest'),
        ),
        migrations.AddField(
            model_name='mention',
            name='comment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='generations.comment'),
        ),
        migrations.AddField(
            model_name='mention',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notification',
            name='comment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='generations.comment'),
        ),
        migrations.AddField(
            model_name='notification',
            name='generation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='generations.generation'),
        ),
        migrations.AddField(
            model_name='notification',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notification',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='generations.project'),
        ),
        migrations.AddField(
            model_name='shareitem',
            name='generation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='generations.generation'),
        ),
        migrations.AddField(
            model_name='sharelink',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sharelink',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='generations.project'),
        ),
        migrations.AddField(
            model_name='sharelink',
            name='revoked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='sharelink',
            name='view',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='shares', to='generations.savedview'),
        ),
        migrations.AddField(
            model_name='shareitem',
            name='share',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='generations.sharelink'),
        ),
        migrations.AddField(
            model_name='guest',
            name='share',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guests', to='generations.sharelink'),
        ),
        migrations.AddField(
            model_name='signoff',
            name='decision',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='sign_off', to='generations.decision'),
        ),
        migrations.AddField(
            model_name='signoff',
            name='generation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_offs', to='generations.generation'),
        ),
        migrations.AddField(
            model_name='signoff',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signoff',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_offs', to='generations.project'),
        ),
        migrations.AddField(
            model_name='signoffwithdrawal',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='signoffwithdrawal',
            name='sign_off',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='generations.signoff'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['generation', 'id'], name='decisions_of_a_take'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['generation', 'id'], name='comments_of_a_take'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('deleted_at', None), ('parent', None), ('resolved_at', None)), fields=['project', '-id'], name='comments_open'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('audience__in', ['internal', 'client'])), name='audience_is_known'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('frame_end', None), models.Q(('frame__isnull', False), ('frame_end__gte', models.F('frame'))), _connector='OR'), name='a_range_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.UniqueConstraint(fields=('comment', 'person'), name='one_mention_per_person'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('seen_at', None)), fields=['person', '-id'], name='notifications_unseen'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['person', '-id'], name='notifications_of_a_person'),
        ),
        migrations.AddIndex(
            model_name='sharelink',
            index=models.Index(fields=['project', '-id'], name='shares_of_a_project'),
        ),
        migrations.AddConstraint(
            model_name='sharelink',
            constraint=models.CheckConstraint(condition=models.Q(('most_views', None), ('views__lte', models.F('most_views')), _connector='OR'), name='no_view_beyond_the_most'),
        ),
        migrations.AddConstraint(
            model_name='shareitem',
            constraint=models.UniqueConstraint(fields=('share', 'generation'), name='one_item_a_take'),
        ),
    ]
