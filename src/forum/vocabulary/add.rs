//! Adding a concept to the vocabulary.

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QuerySelect;
use uuid::Uuid;

use crate::base::actor::Actor;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::event::Event;
use crate::base::language::Language;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::accounts::policy;
use crate::forum::vocabulary::closure;
use crate::forum::vocabulary::concept;
use crate::forum::vocabulary::concept::Concept;
use crate::forum::vocabulary::concept::Scheme;
use crate::forum::vocabulary::concept::State;

/// A label and an optional definition in one language.
#[derive(Clone, Debug)]
pub struct Label {
    pub language: Language,
    pub label: String,
    pub definition: Option<String>,
}

/// A concept to add.
pub struct NewConcept {
    /// Idempotency key made by the client: sending it twice returns the same concept twice.
    pub key: Uuid,
    pub scheme: Scheme,
    /// The permanent slug of the concept: lower-case letters, digits and hyphens, 2 to 60 characters.
    pub slug: String,
    /// English is required; other languages are optional.
    pub labels: Vec<Label>,
    pub broader: Vec<String>,
}

/// Adds a concept; only the Secretariat. Refuses a slug that is taken or malformed, a missing English label, and a
/// broader concept of another scheme.
pub async fn add(forum: &Forum, actor: &Actor, new: NewConcept) -> Result<Concept> {
    let slug = limit::slug("slug", &new.slug)?;
    let labels = parse(&new.labels)?;
    if !labels.iter().any(|label| label.language == Language::En) {
        return Err(Error::invalid("labels", Fault::Empty));
    }
    let tx = forum.store.begin_serialized(actor).await?;
    policy::secretariat(actor, tx.now()).map_err(Error::Denied)?;
    if let Some(earlier) = with_key(tx.rows(), new.key).await? {
        return if earlier.id == slug && earlier.scheme == new.scheme {
            read(tx.rows(), &slug).await
        } else {
            Err(Error::invalid("key", Fault::KeyReused))
        };
    }
    if concept::find(tx.rows(), &slug).await?.is_some() {
        return Err(Error::invalid("slug", Fault::Taken));
    }
    let broader = concept::require(tx.rows(), "broaderIds", new.scheme, &new.broader).await?;
    let row = concept::Model {
        id: slug.clone(),
        scheme: new.scheme,
        state: State::Current,
        successor_id: None,
        notation: None,
        rank: last_rank(tx.rows(), new.scheme).await? + 1,
        key: Some(new.key),
    };
    concept::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.rows())
        .await?;
    write_labels(tx.rows(), &slug, &labels).await?;
    for above in broader {
        let row = concept::broader::Model {
            concept_id: slug.clone(),
            broader_id: above,
            relation: "broader".to_string(),
        };
        concept::broader::Entity::insert(row.into_active_model())
            .exec_without_returning(tx.rows())
            .await?;
    }
    closure::rebuild(tx.rows()).await?;
    let added = read(tx.rows(), &slug).await?;
    tx.commit(Event::ConceptAdded { concept: slug }).await?;
    Ok(added)
}

/// Labels and definitions as they are stored. Refuses an empty list, a language given twice, and an empty or too long
/// text.
pub(crate) fn parse(labels: &[Label]) -> Result<Vec<Label>> {
    if labels.is_empty() {
        return Err(Error::invalid("labels", Fault::Empty));
    }
    let mut parsed: Vec<Label> = Vec::new();
    for (at, each) in labels.iter().enumerate() {
        let within = |error: Error| error.within(&format!("labels.{at}"));
        if parsed.iter().any(|label| label.language == each.language) {
            return Err(within(Error::invalid("language", Fault::Taken)));
        }
        let definition = each.definition.as_deref();
        let definition = limit::optional_text("definition", definition, limit::MAX_DEFINITION)
            .map_err(within)?;
        parsed.push(Label {
            language: each.language,
            label: limit::line("label", &each.label, limit::MAX_LABEL).map_err(within)?,
            definition,
        });
    }
    Ok(parsed)
}

/// Writes labels, replacing those in the same languages.
pub(crate) async fn write_labels(
    rows: &DatabaseTransaction,
    concept_id: &str,
    labels: &[Label],
) -> Result<()> {
    for each in labels {
        concept::label::Entity::delete_by_id((concept_id.to_string(), each.language))
            .exec(rows)
            .await?;
        let row = concept::label::Model {
            concept_id: concept_id.to_string(),
            language: each.language,
            label: each.label.clone(),
            definition: each.definition.clone(),
        };
        concept::label::Entity::insert(row.into_active_model())
            .exec_without_returning(rows)
            .await?;
    }
    Ok(())
}

/// Reads the concept as it is now, within a change.
pub(crate) async fn read(rows: &DatabaseTransaction, id: &str) -> Result<Concept> {
    concept::find(rows, id).await?.ok_or(Error::NotFound)
}

async fn with_key(rows: &DatabaseTransaction, key: Uuid) -> Result<Option<concept::Model>> {
    Ok(concept::Entity::find()
        .filter(concept::Column::Key.eq(key))
        .one(rows)
        .await?)
}

async fn last_rank(rows: &DatabaseTransaction, scheme: Scheme) -> Result<i32> {
    let found: Option<Option<i32>> = concept::Entity::find()
        .select_only()
        .column_as(concept::Column::Rank.max(), "rank")
        .filter(concept::Column::Scheme.eq(scheme))
        .into_tuple()
        .one(rows)
        .await?;
    Ok(found.flatten().unwrap_or(0))
}
