//! Translations of posts in the API.

use std::collections::HashMap;

use async_graphql::Context;
use async_graphql::Description;
use async_graphql::ID;
use async_graphql::InputObject;
use async_graphql::Object;
use uuid::Uuid;

use crate::base::error::Result;
use crate::base::id;
use crate::base::id::Kind;
use crate::base::id::ThreadId;
use crate::base::language;
use crate::base::plain;
use crate::base::sources::Source;
use crate::forum::discussion::policy;
use crate::forum::discussion::post;
use crate::forum::discussion::text;
use crate::forum::discussion::translate;
use crate::forum::discussion::translation;
use crate::graph::connection::connection;
use crate::graph::context::ReadView;
use crate::graph::context::mutate;
use crate::graph::context::read_view;
use crate::graph::context::request;
use crate::graph::context::viewer_part_id;
use crate::graph::delegation;
use crate::graph::delegation::Delegation;
use crate::graph::delegation::Delegations;
use crate::graph::ids::PostId;
use crate::graph::ids::TranslationId;
use crate::graph::loader::Loader;
use crate::graph::payload::payload;
use crate::graph::person;
use crate::graph::person::Person;
use crate::graph::person::loaders::FormerNames;
use crate::graph::person::loaders::People;
use crate::graph::post::Post;
use crate::graph::scalar::DateTime;
use crate::graph::scalar::Language;

/// A translation of a post's text by a person. The original is authoritative; a translation is shown while the original
/// is.
#[derive(Description)]
pub struct Translation {
    /// Its row.
    pub row: text::Translation,
    /// The post that it translates.
    pub post: post::Model,
}

connection!(
    "translations",
    Translation,
    TranslationEdge,
    TranslationConnection
);

#[Object(use_type_description)]
impl Translation {
    /// Its global id.
    pub async fn id(&self) -> ID {
        ID(id::of_uuid(Kind::Translation, self.row.id))
    }

    /// Its language.
    async fn language(&self) -> Language {
        self.row.language.into()
    }

    /// The text in Markdown.
    async fn body(&self) -> &str {
        self.row.body()
    }

    /// The text as HTML without active content.
    async fn body_html(&self) -> &str {
        self.row.html()
    }

    /// The text without markup, for previews. INVALID for a length below 1.
    async fn body_text(
        &self,
        #[graphql(
            desc = "The maximum number of characters; a text that was cut ends in an ellipsis, which counts among them. The whole text when left out."
        )]
        length: Option<i32>,
    ) -> Result<String> {
        plain::preview(self.row.html(), length)
    }

    /// The number of the post's revision that it translates.
    async fn revision(&self) -> i32 {
        self.row.revision
    }

    /// Whether the post has been edited since the revision that it translates.
    async fn outdated(&self) -> bool {
        self.row.revision < self.post.revision
    }

    /// The person who translated it.
    async fn translator(&self, ctx: &Context<'_>) -> Result<Person> {
        person::require(&read_view(ctx), self.row.translator_id).await
    }

    /// The name of the translator at the time; `translator` has the current one.
    async fn translator_name(&self, ctx: &Context<'_>) -> Result<String> {
        person::name_at(&read_view(ctx), self.row.translator_id, self.row.created_at).await
    }

    /// The delegation for which the translator spoke at the time.
    async fn delegation(&self, ctx: &Context<'_>) -> Result<Option<Delegation>> {
        match &self.row.delegation_id {
            Some(id) => delegation::load(&read_view(ctx), id).await,
            None => Ok(None),
        }
    }

    /// The title of the translator at the time.
    async fn translator_title(&self) -> &str {
        &self.row.translator_title
    }

    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// The post that it translates.
    async fn post(&self) -> Post {
        Post(self.post.clone())
    }

    /// The data of this object that depends on the caller.
    async fn viewer(&self) -> TranslationViewer {
        TranslationViewer {
            row: self.row.clone(),
            post: self.post.clone(),
        }
    }
}

/// The data of a translation that depends on the caller.
#[derive(Description)]
pub struct TranslationViewer {
    row: text::Translation,
    post: post::Model,
}

#[Object(use_type_description)]
impl TranslationViewer {
    /// Its id, for clients that cache objects by id: a different one for each caller. `node` does not find it.
    async fn id(&self, ctx: &Context<'_>) -> ID {
        viewer_part_id(ctx, &ID(id::of_uuid(Kind::Translation, self.row.id)))
    }

    /// Whether withdrawTranslation would be allowed.
    async fn can_withdraw(&self, ctx: &Context<'_>) -> bool {
        let view = read_view(ctx);
        policy::withdraw_translation(&view.actor, view.now(), &self.post, &self.row).is_ok()
    }
}

/// The current translations of a post.
pub struct Translations;

impl Loader for Translations {
    type Key = id::PostId;
    type Value = Vec<translation::Model>;

    async fn load(
        view: &ReadView,
        posts: Vec<id::PostId>,
    ) -> Result<HashMap<id::PostId, Vec<translation::Model>>> {
        let found = translation::of_posts(view.rows_of_known().await?, &posts).await?;
        let rows = || found.values().flatten();
        view.prefetch::<People>(rows().map(|row| row.translator_id));
        view.prefetch::<FormerNames>(rows().map(|row| row.translator_id));
        view.prefetch::<Delegations>(rows().filter_map(|row| row.delegation_id.clone()));
        Ok(found)
    }
}

/// The number of posts of a thread that lack a language.
pub struct UntranslatedCounts;

impl Loader for UntranslatedCounts {
    type Key = (ThreadId, language::Language);
    type Value = i32;

    async fn load(
        view: &ReadView,
        wanted: Vec<(ThreadId, language::Language)>,
    ) -> Result<HashMap<(ThreadId, language::Language), i32>> {
        let mut by_language: HashMap<_, Vec<ThreadId>> = HashMap::new();
        for (thread, language) in wanted {
            by_language.entry(language).or_default().push(thread);
        }
        let mut all = HashMap::new();
        for (language, threads) in by_language {
            let sources = threads.iter().copied().map(Source::Thread);
            let rows = view.rows_of(sources).await?;
            let counts = translation::missing(rows, &threads, language).await?;
            let counts = counts.into_iter();
            all.extend(counts.map(|(id, count)| ((id, language), count)));
        }
        Ok(all)
    }
}

/// The translations shown with a post, by language, loaded together with all prefetched ones.
pub async fn of_post(view: &ReadView, post: &post::Model) -> Result<Vec<Translation>> {
    let Ok(text) = text::of(post) else {
        return Ok(Vec::new());
    };
    let found = view.get::<Translations>(post.id).await?;
    let shown = found.unwrap_or_default().into_iter();
    let shown = shown.filter_map(|row| text.translation(row));
    let of_post = |row| Translation {
        row,
        post: post.clone(),
    };
    Ok(shown.map(of_post).collect())
}

/// The number of posts of a thread that lack a language, loaded together with all prefetched ones.
pub async fn missing(
    view: &ReadView,
    thread: ThreadId,
    language: language::Language,
) -> Result<i32> {
    let found = view.get::<UntranslatedCounts>((thread, language)).await?;
    Ok(found.unwrap_or(0))
}

/// The translation with this id, if the caller sees it.
pub async fn find(view: &ReadView, id: Uuid) -> Result<Option<Translation>> {
    let found = text::translation(view.rows().await?, view.actor.audience(), id).await?;
    Ok(found.map(|(row, post)| Translation { row, post }))
}

/// A translation to write.
#[derive(InputObject)]
pub struct TranslatePostInput {
    /// Idempotency key, made by the client for this translation. Sending it again returns the same post.
    key: Uuid,
    /// The post.
    post_id: PostId,
    /// The number of the post's revision that was translated.
    revision: i32,
    /// The language of the translation; not that of the post.
    language: Language,
    /// The complete text in Markdown, 1 to 20,000 characters (configured).
    body: String,
}

payload!(TranslatePostPayload, "The translated post.", post: Post, "The post.");

/// A translation to withdraw.
#[derive(InputObject)]
pub struct WithdrawTranslationInput {
    /// The translation.
    translation_id: TranslationId,
}

payload!(WithdrawTranslationPayload, "The post whose translation was withdrawn.", post: Post, "The post.");

#[derive(Default)]
pub struct TranslationMutation;

#[Object]
impl TranslationMutation {
    /// Adds a translation to a post, and replaces an earlier one in the same language. Only for the author of the post,
    /// members of the delegation for which it was written and the Secretariat (else DENIED), while they have a current
    /// mandate; INVALID with the field for the post's own language, a revision that the post does not have, or an empty
    /// or too long text; TOO_MANY beyond the configured rate of edits.
    async fn translate_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The post, and its text in another language.")] input: TranslatePostInput,
    ) -> Result<Option<TranslatePostPayload>> {
        let request = request(ctx);
        let new = translate::Translate {
            key: input.key,
            post_id: input.post_id.uuid()?,
            revision: input.revision,
            language: input.language.into(),
            body: input.body,
        };
        let post = mutate(
            request,
            translate::translate(&request.forum, &request.actor(), new),
        )
        .await?;
        Ok(Some(TranslatePostPayload { post: Post(post) }))
    }

    /// Withdraws a translation. Only for its translator, the author of the post, and the Secretariat (else DENIED).
    async fn withdraw_translation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The translation.")] input: WithdrawTranslationInput,
    ) -> Result<Option<WithdrawTranslationPayload>> {
        let request = request(ctx);
        let id = input.translation_id.uuid()?;
        let post = mutate(
            request,
            translate::withdraw(&request.forum, &request.actor(), id),
        )
        .await?;
        Ok(Some(WithdrawTranslationPayload { post: Post(post) }))
    }
}
