// Chapters 2.9, 3 and 6.4.1: literals, variables, their coercion and their defaults.

/** Documents about values. */
export function values(scene) {
  return [...strings(), ...defaults(scene), ...variables(scene), ...oddities(scene)].map(({ name, ...rest }) => ({ name, must: true, ...rest }));
}

function strings() {
  const shows = (text) => ({ preview }) => preview.includes(text);
  const literal = (name, source, text) => ({ name: `2.9.4 ${name}`, query: `{ preview(body: ${source}) }`, holds: text && shows(text) });
  return [
    literal("an escape in braces", "\"a \\u{1F600} b\"", "😀"),
    literal("an escape in braces with zeros", "\"\\u{00E9}\"", "é"),
    literal("an escape of four digits", "\"caf\\u00e9\"", "café"),
    literal("a pair of surrogates", "\"\\uD83D\\uDE00\"", "😀"),
    literal("two pairs of surrogates", "\"\\uD83D\\uDE00\\uD83C\\uDDF0\"", "😀🇰"),
    literal("characters beyond the basic plane", "\"😀 كلمة 字\"", "😀 كلمة 字"),
    literal("all short escapes", "\"q\\\" s\\\\\\\\ f\\/ t\\tt n\\nn\"", "f/"),
    literal("an empty string", "\"\""),
    literal("a block string", "\"\"\"\n    one\n      two\n\n    three\n  \"\"\"", "<p dir=\"auto\">three"),
    literal("a block string with quotes", "\"\"\"say \"\"yes\"\" and \\\"\"\" \"\"\"", "yes"),
    literal("a block string in which a backslash is one", "\"\"\"a \\u0041 b\"\"\"", "u0041"),
    literal("an empty block string", "\"\"\"\"\"\""),
    literal("a comment sign in a string", "\"a # b\"", "a # b"),
  ];
}

function defaults({ thread }) {
  const count = (wanted) => ({ threads }) => threads.edges.length === wanted;
  const edges = "{ edges { cursor } }";
  const id = JSON.stringify(thread);
  return [
    { name: "6.4.1 an omitted variable takes the argument's default", query: `query($order: ThreadOrder) { a: threads(first: 3, orderBy: $order) ${edges} b: threads(first: 3) ${edges} }`, variables: {}, holds: ({ a, b }) => JSON.stringify(a) === JSON.stringify(b) },
    { name: "6.4.1 an omitted variable takes its own default first", query: `query($order: ThreadOrder = CREATED) { a: threads(first: 3, orderBy: $order) ${edges} b: threads(first: 3, orderBy: CREATED) ${edges} }`, variables: {}, holds: ({ a, b }) => JSON.stringify(a) === JSON.stringify(b) },
    { name: "6.4.1 null is not omitted", query: `query($order: ThreadOrder) { threads(first: 3, orderBy: $order) ${edges} }`, variables: { order: null } },
    { name: "6.4.1 null in place of a variable's default", query: `query($first: Int = 1) { threads(first: $first) ${edges} }`, variables: { first: null } },
    { name: "6.4.1 the default of a variable", query: `query($first: Int = 2) { threads(first: $first) ${edges} }`, holds: count(2) },
    { name: "6.4.1 a value in place of a variable's default", query: `query($first: Int! = 2) { threads(first: $first) ${edges} }`, variables: { first: 1 }, holds: count(1) },
    { name: "6.4.1 an omitted variable is an omitted argument", query: `query($first: Int) { threads(first: $first, last: 1) ${edges} }`, variables: {}, holds: count(1) },
    { name: "6.4.1 an omitted truth takes the argument's default", query: "query($top: Boolean, $all: Boolean) { a: concepts(scheme: REGION, top: $top, includeDeprecated: $all) { edges { cursor } } b: concepts(scheme: REGION) { edges { cursor } } }", variables: {}, holds: ({ a, b }) => JSON.stringify(a) === JSON.stringify(b) },
    { name: "3.10 an omitted variable in an input object is an omitted field", query: `query($kinds: [ThreadKind!], $unread: Boolean) { a: threads(filter: { kinds: $kinds, unread: $unread }) { totalCount } b: threads { totalCount } }`, variables: {}, holds: ({ a, b }) => a.totalCount === b.totalCount },
    { name: "3.10 an omitted field of a variable", query: "query($place: DraftPlaceInput!) { viewer { draft(place: $place) { id } } }", variables: { place: { purpose: "THREAD", language: "EN" } } },
    { name: "3.10 null for a field that can be null", query: "query($place: DraftPlaceInput!) { viewer { draft(place: $place) { id } } }", variables: { place: { purpose: "THREAD", language: "EN", subjectId: null } } },
    { name: "3.10 a default of an input object", query: "query($filter: ThreadFilter = { kinds: [EXPERIENCE], languages: EN }) { threads(filter: $filter) { totalCount } }", holds: ({ threads }) => threads.totalCount > 0 },
    { name: "3.10.1 one of several", query: "{ concept(by: { slug: \"wipo-ipas\" }) { slug } }", holds: ({ concept }) => concept.slug === "wipo-ipas" },
    { name: "3.10.1 one of several in a variable", query: "query($by: ConceptBy) { concept(by: $by) { slug } }", variables: { by: { slug: "wipo-ipas" } }, holds: ({ concept }) => concept.slug === "wipo-ipas" },
    { name: "3.10.1 one of several by a variable", query: "query($slug: String!) { concept(by: { slug: $slug }) { slug } }", variables: { slug: "wipo-ipas" }, holds: ({ concept }) => concept.slug === "wipo-ipas" },
    { name: "3.10.1 two of several", query: "{ concept(by: { slug: \"wipo-ipas\", id: \"C\" }) { slug } }", must: false },
    { name: "3.10.1 two of several in a variable", query: "query($by: ConceptBy) { concept(by: $by) { slug } }", variables: { by: { slug: "wipo-ipas", id: "C" } }, must: false },
    { name: "3.10.1 none of several", query: "{ concept(by: {}) { slug } }", must: false },
    { name: "3.10.1 null for one of several", query: "{ concept(by: { slug: null }) { slug } }", must: false },
    { name: "3.10.1 a variable that can be null for one of several", query: "query($slug: String) { concept(by: { slug: $slug }) { slug } }", variables: { slug: "wipo-ipas" }, must: false },
    { name: "6.4.1 variables in lists and objects", query: "query($kind: ThreadKind!, $tool: ID!) { threads(filter: { kinds: [$kind, QUESTION], tools: [$tool] }) { totalCount } }", variables: { kind: "EXPERIENCE", tool: "wipo-ipas" }, holds: ({ threads }) => threads.totalCount > 0 },
    { name: "6.4.1 an omitted variable in a list is null", query: `query($act: Act!) { thread(id: ${id}) { viewer { decideRefusal(act: $act) } } }`, variables: {}, must: false },
  ];
}

function variables({ thread }) {
  const number = "query($n: Int!) { threads(first: $n) { cursor } }";
  const word = "query($w: ThreadOrder!) { threads(orderBy: $w, first: 1) { cursor } }";
  const list = "query($l: [ThreadKind!]) { threads(filter: { kinds: $l }) { totalCount } }";
  const object = "query($o: ThreadFilter) { threads(filter: $o) { totalCount } }";
  const one = "query($id: ID!) { node(id: $id) { id } }";
  const text = "query($t: String!) { preview(body: $t) }";
  const truth = "query($b: Boolean!) { concepts(scheme: TOOL, top: $b, first: 1) { edges { cursor } } }";
  const taken = [
    ["a whole number", number, { n: 2 }], ["a single value for a list", list, { l: "EXPERIENCE" }], ["an empty list", list, { l: [] }],
    ["null for a list", list, { l: null }], ["an enum as a string of JSON", word, { w: "CREATED" }],
    ["a single value in an input object", object, { o: { kinds: "EXPERIENCE", tools: "wipo-ipas" } }],
    ["an empty input object", object, { o: {} }], ["a number for an id", one, { id: 5 }], ["an id", one, { id: thread }],
    ["a text with all that JSON escapes", text, { t: "\u2028 \"quotes\" \\ 😀 \u00e9" }], ["a truth", truth, { b: false }],
    ["a float of a whole number, in variables", number, { n: 2.0 }],
  ];
  const refused = [
    ["a required variable is missing", number, {}], ["a required variable is null", number, { n: null }],
    ["there are no variables", number, undefined], ["a string for a number", number, { n: "2" }],
    ["a fraction for a whole number", number, { n: 2.5 }], ["beyond 32 bits", number, { n: 2 ** 31 }],
    ["a truth for a number", number, { n: true }], ["an unknown value of an enum", word, { w: "NEVER" }],
    ["an enum in small letters", word, { w: "created" }], ["a number for an enum", word, { w: 1 }],
    ["a null in a list of non-null", list, { l: ["EXPERIENCE", null] }], ["an unknown value in a list", list, { l: ["NEVER"] }],
    ["a nested list", list, { l: [["EXPERIENCE"]] }], ["an object for a list of enums", list, { l: { a: 1 } }],
    ["an unknown field of an input object", object, { o: { colours: [] } }], ["a string for an input object", object, { o: "x" }],
    ["a list for an input object", object, { o: [{}] }], ["a wrong field of an input object", object, { o: { unread: "yes" } }],
    ["a truth for an id", one, { id: true }], ["an object for an id", one, { id: {} }], ["a fraction for an id", one, { id: 1.5 }],
    ["a number for a text", text, { t: 5 }], ["a list for a text", text, { t: ["a"] }], ["a number for a truth", truth, { b: 1 }],
    ["a word for a truth", truth, { b: "true" }],
    ["a required field of an input object is missing", "query($p: DraftPlaceInput!) { viewer { draft(place: $p) { id } } }", { p: { purpose: "THREAD" } }],
    ["a required field of an input object is null", "query($p: DraftPlaceInput!) { viewer { draft(place: $p) { id } } }", { p: { purpose: null, language: "EN" } }],
    ["a required field deep in a change is missing", "mutation($i: KeepDraftInput!) { keepDraft(input: $i) { draft { id } } }", { i: { place: { purpose: "THREAD" }, body: "", revision: 0 } }],
    ["null for a field with a default that cannot be null", "mutation($i: AnnounceWritingInput!) { announceWriting(input: $i) { until } }", { i: { threadId: thread, writing: null } }],
  ];
  const made = (must) => ([name, query, given]) => ({ name: `6.1.2 ${name}`, query, variables: given, must });
  return [...taken.map(made(true)), ...refused.map(made(false))];
}

function oddities({ thread }) {
  const id = JSON.stringify(thread);
  return [
    { name: "3.5 a single value for a list, as a literal", query: "{ a: threads(filter: { kinds: EXPERIENCE }) { totalCount } b: threads(filter: { kinds: [EXPERIENCE] }) { totalCount } }", holds: ({ a, b }) => a.totalCount === b.totalCount && a.totalCount > 0 },
    { name: "3.5 null for a list, as a literal", query: "{ threads(filter: { kinds: null }) { totalCount } }" },
    { name: "3.5.5 an id as a number, as a literal", query: "{ node(id: 12345678901234567890) { id } }" },
    { name: "3.5.1 a negative number", query: "{ threads(first: -1) { cursor } }" },
    { name: "3.5.1 zero", query: "{ threads(first: 0) { edges { cursor } } }", holds: ({ threads }) => threads.edges.length === 0 },
    { name: "3.5.1 negative zero", query: "{ threads(first: -0) { edges { cursor } } }" },
    { name: "2.1 much white space", query: `\t{\r\n\tthread ( id : ${id} ) { # a comment { \r title,,, } }` },
    { name: "3.10 an input field's default", query: `mutation { announceWriting(input: { threadId: ${id} }) { until } }`, holds: (data) => data.announceWriting.until !== null },
  ];
}
