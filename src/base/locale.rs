//! Times, numbers and the order of names for each language (Unicode CLDR, via ICU4X).

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::LazyLock;

use icu_calendar::Gregorian;
use icu_collator::CollatorBorrowed;
use icu_collator::options::CollatorOptions;
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::YMD;
use icu_datetime::fieldsets::YMDT;
use icu_datetime::input::Date;
use icu_datetime::input::DateTime;
use icu_datetime::input::Time;
use icu_datetime::options::TimePrecision;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::Locale;
use icu_locale_core::locale;
use jiff::Timestamp;
use jiff::ZonedDateTime;
use jiff::tz::TimeZone;

use crate::base::clock::Moment;
use crate::base::language::Language;

/// The formatters of times and numbers for one language.
struct Formatters {
    moment: Option<FixedCalendarDateTimeFormatter<Gregorian, YMDT>>,
    day: Option<FixedCalendarDateTimeFormatter<Gregorian, YMD>>,
    number: Option<DecimalFormatter>,
}

thread_local! {
    // Created once per thread, because they cannot be shared.
    static FORMATTERS: RefCell<HashMap<Language, Formatters>> = RefCell::default();
}

fn locale_of(language: Language) -> Locale {
    match language {
        Language::Ar => locale!("ar"),
        // Day before month and the 24-hour clock, as the organisation writes English.
        Language::En => locale!("en-GB"),
        Language::Es => locale!("es"),
        Language::Fr => locale!("fr"),
        Language::Ru => locale!("ru"),
        Language::Zh => locale!("zh"),
    }
}

fn with_formatters<T>(language: Language, write: impl FnOnce(&Formatters) -> T) -> T {
    FORMATTERS.with_borrow_mut(|all| {
        let formatters = all.entry(language).or_insert_with(|| {
            let locale = locale_of(language);
            let minutes = YMDT::medium().with_time_precision(TimePrecision::Minute);
            Formatters {
                moment: FixedCalendarDateTimeFormatter::try_new((&locale).into(), minutes).ok(),
                day: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YMD::long()).ok(),
                number: DecimalFormatter::try_new((&locale).into(), Default::default()).ok(),
            }
        });
        write(formatters)
    })
}

/// Returns the time zone with this IANA name, if people live in it. Placeholders for an unknown zone are excluded, and so are
/// aliases that browsers do not know.
pub fn time_zone(name: &str) -> Option<String> {
    let named = jiff::tz::db().available();
    let mut named = named.filter(|each| is_real_zone(each.as_str()));
    let found = named.find(|each| each.as_str().eq_ignore_ascii_case(name))?;
    let is_there = jiff::tz::db().get(found.as_str()).is_ok();
    is_there.then(|| found.as_str().to_string())
}

fn is_real_zone(name: &str) -> bool {
    let first = name.split('/').next().unwrap_or_default();
    let is_none = ["Etc/Unknown", "Factory", "localtime", "posixrules"].contains(&name);
    !is_none && !["posix", "right", "leapseconds", "tzdata.zi"].contains(&first)
}

/// The names of all time zones, in alphabetical order.
pub fn time_zones() -> Vec<String> {
    let all = jiff::tz::db().available();
    let all = all.filter(|name| is_real_zone(name.as_str()));
    all.map(|name| name.as_str().to_string()).collect()
}

fn zoned(moment: Moment, zone: Option<&str>) -> Option<ZonedDateTime> {
    let zone = zone.filter(|name| is_real_zone(name));
    let zone = zone.and_then(|name| jiff::tz::db().get(name).ok());
    let at = Timestamp::from_microsecond(moment.0).ok()?;
    Some(at.to_zoned_datetime(zone.unwrap_or(TimeZone::UTC)))
}

/// Formats day and time to the minute in a time zone (UTC if there is none), with the zone's offset from UTC.
pub fn moment(language: Language, zone: Option<&str>, moment: Moment) -> String {
    let written = || {
        let local = zoned(moment, zone)?;
        let at = DateTime {
            date: date(&local)?,
            time: Time::try_new(
                u8::try_from(local.hour()).ok()?,
                u8::try_from(local.minute()).ok()?,
                0,
                0,
            )
            .ok()?,
        };
        let text = with_formatters(language, |formatters| {
            formatters
                .moment
                .as_ref()
                .map(|formatter| formatter.format(&at).to_string())
        })?;
        Some(format!("{text} {}", utc_offset(&local)))
    };
    written().unwrap_or_else(|| moment.to_rfc3339())
}

/// Formats the day of a time in a time zone (UTC if there is none).
pub fn day(language: Language, zone: Option<&str>, moment: Moment) -> String {
    let written = || {
        let day = date(&zoned(moment, zone)?)?;
        with_formatters(language, |formatters| {
            formatters
                .day
                .as_ref()
                .map(|formatter| formatter.format(&day).to_string())
        })
    };
    written().unwrap_or_else(|| moment.to_rfc3339())
}

fn date(local: &ZonedDateTime) -> Option<Date<Gregorian>> {
    Date::try_new_gregorian(
        i32::from(local.year()),
        u8::try_from(local.month()).ok()?,
        u8::try_from(local.day()).ok()?,
    )
    .ok()
}

fn utc_offset(local: &ZonedDateTime) -> String {
    let minutes = local.offset().seconds() / 60;
    let sign = if minutes < 0 { '\u{2212}' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    match (hours, rest) {
        (0, 0) => "UTC".to_string(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

/// Formats an integer with the language's digits and grouping.
pub fn number(language: Language, number: i64) -> String {
    with_formatters(language, |formatters| {
        let formatter = formatters.number.as_ref()?;
        Some(formatter.format(&Decimal::from(number)).to_string())
    })
    .unwrap_or_else(|| number.to_string())
}

/// The orders of names, in the order of the languages.
static ORDERS: LazyLock<[Option<CollatorBorrowed<'static>>; Language::ALL.len()]> =
    LazyLock::new(|| {
        Language::ALL.map(|language| {
            let locale = locale_of(language);
            CollatorBorrowed::try_new((&locale).into(), CollatorOptions::default()).ok()
        })
    });

/// Returns the language's order of names; names that it considers equal are ordered by their characters.
pub fn order_of_names(language: Language) -> impl Fn(&str, &str) -> Ordering {
    let order = ORDERS[language as usize].as_ref();
    move |a, b| {
        let by_language = order.map(|order| order.compare(a, b));
        by_language
            .unwrap_or(Ordering::Equal)
            .then_with(|| a.cmp(b))
    }
}

/// Sorts a list in the language's order of names.
pub fn sort_by_name<T>(language: Language, list: &mut [T], name: impl Fn(&T) -> &str) {
    let order = order_of_names(language);
    list.sort_by(|a, b| order(name(a), name(b)));
}
