//! Who may do what about what: every cell of role, delegation, regions, act and state, as the API foretells it and as it comes.
//! The acts are those that the API names, so that a new one has to be given a rule here.

mod again;
mod cells;
mod people;
mod reports;
mod rule;
mod scene;
mod two;

/// As many acts as a matrix has cells, and questions about all of them at once.
const MANY: [&str; 14] = [
    "--decisions-per-hour",
    "1000000",
    "--reports-per-hour",
    "1000000",
    "--threads-per-hour",
    "1000000",
    "--posts-per-minute",
    "1000000",
    "--invitations-per-day",
    "1000000",
    "--query-aliases",
    "200",
    "--appeal-days",
    "20",
];
