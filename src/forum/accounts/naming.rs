//! Names of people: which may be taken, and which somebody went by before.

use std::sync::LazyLock;
use std::time::Duration;

use sea_orm::ColumnTrait;
use sea_orm::DatabaseTransaction;
use sea_orm::EntityTrait;
use sea_orm::IntoActiveModel;
use sea_orm::QueryFilter;
use sea_orm::QueryOrder;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use uuid::Uuid;

use crate::base::actor::Role;
use crate::base::clock::Moment;
use crate::base::error::Error;
use crate::base::error::Fault;
use crate::base::error::Result;
use crate::base::letters;
use crate::base::letters::Looks;
use crate::base::limit;
use crate::forum::Forum;
use crate::forum::accounts::person;
use crate::store::failed;
use crate::store::tx::Tx;

/// A name that somebody went by before.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "former_name")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: Uuid,
    pub name: String,
    /// The first moment at which it was no longer theirs.
    pub until_at: Moment,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The time in which changes of a name are counted.
const WINDOW: Duration = Duration::from_secs(30 * 86_400);

/// A name as people send it.
///
/// # Errors
/// INVALID as [`limit::line`], and for one that makes letters run against their own direction: it reads as another.
pub(crate) fn parse(name: &str) -> Result<String> {
    let name = limit::line("name", name, 120)?;
    if name.contains(letters::is_override) {
        return Err(Error::invalid("name", Fault::TurnsDirection));
    }
    Ok(name)
}

/// Refuses a name that readers could take for an office of the forum which its bearer does not hold, or for that of
/// another member, also a former one.
pub(crate) async fn require_own(
    rows: &DatabaseTransaction,
    name: &str,
    role: Role,
    own: Option<Uuid>,
) -> Result<()> {
    require_office(name, role)?;
    let looks = letters::looks(name);
    let others = person::Entity::find()
        .select_only()
        .columns([person::Column::Id, person::Column::Name]);
    let mut named: Vec<(Uuid, String)> = others.into_tuple().all(rows).await.map_err(failed)?;
    let former = Entity::find()
        .select_only()
        .columns([Column::PersonId, Column::Name]);
    let former: Vec<(Uuid, String)> = former.into_tuple().all(rows).await.map_err(failed)?;
    named.extend(former);
    let is_taken = named
        .iter()
        .filter(|(id, _)| Some(*id) != own)
        .any(|(_, other)| letters::look_alike(&looks, &letters::looks(other)));
    match is_taken {
        true => Err(Error::invalid("name", Fault::NameOfMember)),
        false => Ok(()),
    }
}

/// Refuses a name that readers could take for an office of the forum which somebody in this role does not hold.
pub(crate) fn require_office(name: &str, role: Role) -> Result<()> {
    match passes_for_office(name, role) {
        true => Err(Error::invalid("name", Fault::NameOfOffice)),
        false => Ok(()),
    }
}

/// Gives a person the name that they choose, within a change.
///
/// # Errors
/// INVALID for the name of an office or of another member; TOO_MANY after so many changes in 30 days.
pub(crate) async fn rename(
    forum: &Forum,
    tx: &Tx,
    person: &person::Model,
    change: &mut person::ActiveModel,
    name: String,
) -> Result<()> {
    let recent = Entity::find()
        .filter(Column::PersonId.eq(person.id))
        .filter(Column::UntilAt.gt(tx.now().minus(WINDOW)))
        .order_by_asc(Column::UntilAt)
        .all(tx.rows())
        .await
        .map_err(failed)?;
    let most = usize::try_from(forum.limits.name_changes).unwrap_or(usize::MAX);
    if recent.len() >= most {
        // When enough of them are so long ago that one more is allowed.
        let oldest = recent.get(recent.len() - most.max(1));
        return Err(Error::TooMany {
            retry_at: oldest.map_or(tx.now(), |row| row.until_at).plus(WINDOW),
        });
    }
    require_own(tx.rows(), &name, person.role, Some(person.id)).await?;
    give(tx, person, change, name).await
}

/// Puts a name in the place of a person's own, within a change: the former one is kept.
pub(crate) async fn give(
    tx: &Tx,
    person: &person::Model,
    change: &mut person::ActiveModel,
    name: String,
) -> Result<()> {
    let former = Model {
        id: Uuid::now_v7(),
        person_id: person.id,
        name: person.name.clone(),
        until_at: tx.now(),
    };
    Entity::insert(former.into_active_model())
        .exec_without_returning(tx.rows())
        .await
        .map_err(failed)?;
    change.name = sea_orm::Set(name);
    change.renamed_at = sea_orm::Set(Some(tx.now()));
    Ok(())
}

/// The names that these people went by before, the latest first. Names are public.
pub async fn of_people(rows: &DatabaseTransaction, people: &[Uuid]) -> Result<Vec<Model>> {
    Entity::find()
        .filter(Column::PersonId.is_in(people.iter().copied()))
        .order_by_desc(Column::UntilAt)
        .order_by_desc(Column::Id)
        .all(rows)
        .await
        .map_err(failed)
}

/// The former name with this id.
pub async fn find(rows: &DatabaseTransaction, id: Uuid) -> Result<Option<Model>> {
    Entity::find_by_id(id).one(rows).await.map_err(failed)
}

/// Which of the names that somebody went by before, the latest first, was theirs at a moment; none when it was the present
/// one.
pub fn at(former: &[Model], moment: Moment) -> Option<&Model> {
    former
        .iter()
        .take_while(|each| moment < each.until_at)
        .last()
}

/// An office of the forum, in the words of its six languages.
struct Office {
    /// Who may be called so, besides the Secretariat.
    holder: Option<Role>,
    /// Names that contain one of these pass for it.
    anywhere: &'static [&'static str],
    /// Names with one of these for a word pass for it.
    word: &'static [&'static str],
    /// Only these names pass for it: the word is also a name of people.
    whole: &'static [&'static str],
}

const OFFICES: [Office; 5] = [
    Office {
        holder: None,
        anywhere: &[
            "Secretariat",
            "Secrétariat",
            "Secretaría",
            "Секретариат",
            "秘书处",
            "秘書處",
            "秘書处",
            "祕書處",
            "祕书处",
            "السكرتارية",
            "الأمانة",
        ],
        word: &[],
        whole: &[
            "أمانة",
            "أمانة المنتدى",
            "Director General",
            "Directora General",
            "Directeur général",
            "Directrice générale",
            "Генеральный директор",
            "总干事",
            "總幹事",
            "المدير العام",
        ],
    },
    Office {
        holder: None,
        anywhere: &[
            "Administrator",
            "Administration",
            "Administrateur",
            "Administratrice",
            "Administrador",
            "Administración",
            "Администратор",
            "Администрация",
            "Webmaster",
            "管理员",
            "管理員",
            "مدير المنتدى",
            "إدارة المنتدى",
            "مدير النظام",
        ],
        word: &["Admin", "Admins", "Sysadmin", "Админ", "الإدارة"],
        whole: &[
            "Root",
            "System",
            "Support",
            "Support team",
            "Partage support",
            "Forum",
            "Partage",
            "مدير",
            "المدير",
        ],
    },
    Office {
        holder: None,
        anywhere: &[
            "World Intellectual Property Organization",
            "World Intellectual Property Organisation",
            "Organisation mondiale de la propriété intellectuelle",
            "Organización Mundial de la Propiedad Intelectual",
            "Всемирная организация интеллектуальной собственности",
            "世界知识产权组织",
            "世界知識產權組織",
            "产权组织",
            "產權組織",
            "المنظمة العالمية للملكية الفكرية",
        ],
        word: &["WIPO", "OMPI", "ВОИС", "الويبو", "ويبو"],
        whole: &[],
    },
    Office {
        holder: Some(Role::Moderator),
        anywhere: &[
            "Moderator",
            "Moderation",
            "Modérateur",
            "Modératrice",
            "Moderador",
            "Moderación",
            "Модератор",
            "Модерация",
            "版主",
            "مشرف المنتدى",
            "مشرفة المنتدى",
        ],
        word: &[],
        whole: &[
            "Mod",
            "Mods",
            "مشرف",
            "المشرف",
            "مشرفة",
            "المشرفة",
            "المشرفون",
            "مشرف عام",
            "المشرف العام",
        ],
    },
    Office {
        holder: Some(Role::FocalPoint),
        anywhere: &[
            "Focal point",
            "Point focal",
            "Punto focal",
            "Punto de contacto",
            "联络人",
            "聯絡人",
            "جهة اتصال",
            "جهة الاتصال",
        ],
        word: &[],
        whole: &["Coordonnateur", "Coordonnatrice", "Координатор"],
    },
];

/// How the words of an office look.
struct Words {
    holder: Option<Role>,
    anywhere: Vec<Looks>,
    word: Vec<Looks>,
    whole: Vec<Looks>,
}

static WORDS: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let looks = |words: &[&str]| words.iter().map(|word| letters::looks(word)).collect();
    let words = OFFICES.iter().map(|office| Words {
        holder: office.holder,
        anywhere: looks(office.anywhere),
        word: looks(office.word),
        whole: looks(office.whole),
    });
    words.collect()
});

/// A name with room between letters that stand in words and characters that are words of their own.
fn apart(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    let mut before: Option<char> = None;
    for c in name.chars() {
        let is_edge =
            |one: char, other: char| is_word(one) && other.is_alphanumeric() && !is_word(other);
        if before.is_some_and(|before| is_edge(before, c) || is_edge(c, before)) {
            text.push(' ');
        }
        text.push(c);
        before = Some(c);
    }
    text
}

/// Whether a character is a word or a part of one without spaces around it: of Chinese.
fn is_word(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

fn passes_for_office(name: &str, role: Role) -> bool {
    if role == Role::Secretariat {
        return false;
    }
    let whole = letters::looks(name);
    let words: Vec<Looks> = apart(name)
        .split(|c: char| !c.is_alphanumeric() && !letters::is_joined(c))
        .map(letters::looks)
        .collect();
    let is_one =
        |looks: &Looks, all: &[Looks]| all.iter().any(|other| letters::look_alike(looks, other));
    let contains = |other: &Looks| {
        let mut parts = other.iter().filter(|part| !part.is_empty());
        parts.any(|part| whole.iter().any(|form| form.contains(part.as_str())))
    };
    let mut others = WORDS.iter().filter(|office| office.holder != Some(role));
    others.any(|office| {
        office.anywhere.iter().any(contains)
            || is_one(&whole, &office.word)
            || is_one(&whole, &office.whole)
            || words.iter().any(|word| is_one(word, &office.word))
    })
}
