// Chapters 6 and 7: the choice of the operation, the collection of fields, arguments, failures, and the form of the answer.

import { randomUUID } from "node:crypto";

/** Documents that are asked of a forum with that content. */
export function execution(scene) {
  return [...choosing(), ...collecting(scene), ...failing(scene), ...changing(scene), ...subscribing(scene)]
    .map(({ name, ...rest }) => ({ name, must: true, ...rest }));
}

function choosing() {
  const two = "query A { viewer { role } } query B { instance { name } } mutation C { choosePresence(input: { shown: true }) { __typename } }";
  return [
    { name: "6.1 the first of the operations", query: two, operationName: "A", holds: (data) => "viewer" in data },
    { name: "6.1 the second of the operations", query: two, operationName: "B", holds: (data) => "instance" in data },
    { name: "6.1 no operation is named", query: two, must: false },
    { name: "6.1 an unknown operation is named", query: two, operationName: "D", must: false },
    { name: "6.1 the only operation by its name", query: "query A { viewer { role } }", operationName: "A" },
    { name: "6.1 the only operation without its name", query: "query A { viewer { role } }" },
    { name: "6.1 an anonymous operation by a name", query: "{ viewer { role } }", operationName: "A", must: false },
    { name: "6.1 null names no operation", query: "{ viewer { role } }", operationName: null },
    { name: "6.1.2 variables that the operation does not know", query: "{ viewer { role } }", variables: { a: 1, b: [] } },
    { name: "6.1.2 variables are null", query: "{ viewer { role } }", variables: null },
  ];
}

function collecting({ thread, other }) {
  const id = JSON.stringify(thread);
  const conditions = "query($yes: Boolean!, $no: Boolean!) { viewer {";
  const values = { yes: true, no: false };
  const has = (...keys) => ({ viewer }) => Object.keys(viewer).join() === keys.join();
  return [
    { name: "6.3 an empty selection", query: "{ viewer { id @skip(if: true) } }", holds: ({ viewer }) => viewer !== null && has()({ viewer }) },
    { name: "6.3 an empty selection of the root", query: "{ viewer @skip(if: true) { id } }", holds: (data) => !Object.keys(data).length },
    { name: "6.3 an empty selection in a list", query: "{ threads(first: 2) { edges { node { id @include(if: false) } } } }", holds: ({ threads }) => threads.edges.length === 2 },
    { name: "6.3 an empty selection of an interface", query: `{ node(id: ${id}) { ... on Person { name } } }`, holds: ({ node }) => node !== null },
    { name: "6.3.2 the order of the document", query: "{ b: viewer { role a: id email __typename } instance { name } a: viewer { id } __typename }" },
    { name: "6.3.2 the order of a field that comes twice", query: "{ viewer { id } instance { name } viewer { role } }", holds: (data) => Object.keys(data).join() === "viewer,instance" && has("id", "role")(data) },
    { name: "6.3.2 the order with fragments", query: "{ viewer { role ...F email } } fragment F on Viewer { id role textOnly }", holds: has("role", "id", "textOnly", "email") },
    { name: "6.3.2 the order with a fragment visited already", query: "{ viewer { ...F email ...F role } } fragment F on Viewer { id }", holds: has("id", "email", "role") },
    { name: "6.3.2 the order of fields merged through fragments", query: "{ viewer { person { id } ...F } } fragment F on Viewer { role person { name id role } }", holds: ({ viewer }) => Object.keys(viewer.person).join() === "id,name,role" },
    { name: "6.3.2 the order in a list", query: "{ threads(first: 2) { edges { node { title id } } edges { cursor node { kind title } } } }" },
    { name: "6.3.2 fragments on an interface", query: `{ node(id: ${id}) { ...N ... on Thread { title } } } fragment N on Node { id __typename ... on Thread { kind } ... on Post { number } }` },
    { name: "6.3.2 a fragment that does not apply", query: `{ node(id: ${id}) { id ... on Post { number } } }` },
    { name: "6.3.2 an inline fragment without a type", query: "{ ... { viewer { ... { id } role } } }" },
    { name: "6.3.2 fragments in fragments", query: "{ ...A } fragment A on Query { viewer { ...B } ...C } fragment B on Viewer { ... on Viewer { id } } fragment C on Query { instance { name } }" },
    { name: "6.3.2 skip and include: all four together", query: `${conditions} a: id @skip(if: $yes) @include(if: $yes) b: id @skip(if: $no) @include(if: $yes) c: id @skip(if: $yes) @include(if: $no) d: id @skip(if: $no) @include(if: $no) } }`, variables: values, holds: has("b") },
    { name: "6.3.2 skip and include on fragments", query: `${conditions} ...F @include(if: $no) ... @skip(if: $yes) { email } ... on Viewer @include(if: $yes) { role } } } fragment F on Viewer { id }`, variables: values, holds: has("role") },
    { name: "6.3.2 a spread that is skipped does not count as visited", query: `${conditions} ...F @skip(if: $yes) role @skip(if: $no) ...F } } fragment F on Viewer { id }`, variables: values, holds: has("role", "id") },
    { name: "6.3.2 one of two of the same field is skipped", query: `${conditions} id @skip(if: $yes) role @include(if: $no) id role } }`, variables: values, holds: has("id", "role") },
    { name: "6.3.2 the default of a condition", query: "query($a: Boolean = true, $b: Boolean! = true) { viewer { id @skip(if: $a) role @skip(if: $b) email } }", holds: has("email") },
    { name: "6.3.2 the variable of a condition is missing", query: "query($a: Boolean!) { viewer { id @include(if: $a) } }", variables: {}, must: false },
    { name: "6.3.2 the variable of a condition is null", query: "query($a: Boolean!) { viewer { id @include(if: $a) } }", variables: { a: null }, must: false },
    { name: "6.3.2 the variable of a condition is a word", query: "query($a: Boolean!) { viewer { id @include(if: $a) } }", variables: { a: "true" }, must: false },
    { name: "6.3.2 __typename everywhere", query: `{ __typename viewer { t: __typename person { __typename } } node(id: ${id}) { __typename ... on Thread { u: __typename posts(first: 2) { __typename edges { __typename node { __typename } } } } } }` },
    { name: "6.3.2 __typename of a mutation", query: "mutation { __typename }", holds: (data) => data.__typename === "Mutation" },
    { name: "6.4.2 one field under many names", query: `{ a: thread(id: ${id}) { title } b: thread(id: ${JSON.stringify(other)}) { title } c: thread(id: ${id}) { id t: title u: title } }`, holds: (data) => data.a.title !== data.b.title && data.c.t === data.c.u },
    { name: "6.4.3 lists of enums, none and some", query: "{ instance { reportReasons } }", holds: ({ instance }) => instance.reportReasons.length > 0 },
    { name: "6.4.3 an object of every depth", query: `{ thread(id: ${id}) { author { delegation { id name } } posts(first: 5) { edges { node { id number state body author { name role } thread { id } revisions { edges { node { number editor { id } } } } viewer { canEdit acts } } } pageInfo { hasNextPage endCursor } } } }` },
    { name: "6.4.3 a list of an interface with nothing in between", query: `{ nodes(ids: [${id}, "nothing", ${JSON.stringify(other)}]) { __typename id ... on Thread { title } } }`, holds: ({ nodes }) => nodes.length === 3 && nodes[1] === null && nodes[2].id === other },
    { name: "6.4.3 a list beside its edges", query: `{ thread(id: ${id}) { posts { nodes { id } edges { node { id } } } participants { nodes { id name url } } firstPost { bodyText(length: 20) url } } }`, holds: ({ thread: found }) => found.posts.nodes.length === found.posts.edges.length },
    { name: "6.4.3 decisions and cases of a moderator", by: "moderator", query: "{ decisions(first: 2) { edges { node { id act } } } viewer { cases(first: 2) { totalCount edges { node { id kind } } } } }" },
    { name: "6.4.3 a visitor", by: "visitor", query: `{ viewer { id person { id } email role } thread(id: ${id}) { title viewer { canReply replyRefusal unread } } }` },
  ];
}

function failing({ thread, other, members }) {
  const [id, second, hidden] = [thread, other, members].map((each) => JSON.stringify(each));
  const code = (wanted) => (data, { errors = [] }) => errors.length > 0 && errors.every(({ extensions }) => extensions.code === wanted);
  return [
    { name: "6.4.4 the root is failed by a field that cannot be null", query: "{ threads(first: 1000) { cursor } }", holds: (data, answer) => data === null && code("INVALID")(data, answer) },
    { name: "6.4.4 the root is failed, beside another field", query: "{ viewer { role } threads(first: 1000) { cursor } instance { name } }", holds: (data) => data === null },
    { name: "6.4.4 two fields of the root fail", query: "{ a: threads(first: 1000) { cursor } b: threads(first: -1) { cursor } }", holds: (data) => data === null },
    { name: "6.4.4 a failure rises to the nearest object that can be null", query: `{ viewer { role } thread(id: ${id}) { title posts(first: 1000) { edges { cursor } } } }`, holds: (data, answer) => data.thread === null && data.viewer !== null && code("INVALID")(data, answer) },
    { name: "6.4.4 failures of two objects", query: `{ a: thread(id: ${id}) { posts(first: 1000) { edges { cursor } } } b: thread(id: ${second}) { title posts(first: 1) { edges { cursor } } } c: thread(id: ${second}) { x: posts(last: 1000) { edges { cursor } } } }`, holds: (data) => data.a === null && data.b !== null && data.c === null },
    { name: "6.4.4 a failure in a list rises through it", query: "{ threads(first: 3) { edges { node { id posts(first: 1000) { edges { cursor } } } } } }", holds: (data) => data === null },
    { name: "6.4.4 a failure in a list within an object that can be null", query: `{ thread(id: ${id}) { posts(first: 3) { edges { node { revisions(first: 1000) { edges { cursor } } } } } } }`, holds: (data) => data.thread === null },
    { name: "6.4.4 a failure under another name", query: `{ mine: thread(id: ${id}) { first: posts(first: 1000) { edges { cursor } } } }`, holds: (data, { errors }) => errors[0].path.join() === "mine,first" },
    { name: "6.4.4 a failure in a fragment", query: `{ ...F viewer { role } } fragment F on Query { node(id: ${id}) { ... on Thread { title posts(first: 1000) { edges { cursor } } } } }`, holds: (data) => data.node === null },
    { name: "6.4.4 a field that can be null fails", by: "moderator", query: `{ thread(id: ${id}) { title viewer { unread decideRefusal(act: WARN_PERSON) follows } } }`, holds: ({ thread: found }, answer) => found.viewer.decideRefusal === null && code("INVALID")(found, answer) },
    { name: "6.4.4 all fields of an object fail, and each can be null", by: "moderator", query: `{ thread(id: ${id}) { viewer { a: decideRefusal(act: WARN_PERSON) b: decideRefusal(act: HIDE_POST) } } }`, holds: ({ thread: found }, { errors }) => found.viewer !== null && errors.length === 2 },
    { name: "6.4.4 one of the entries of a list fails in a field that can be null", by: "moderator", query: "{ threads(first: 2) { edges { node { id viewer { decideRefusal(act: WARN_PERSON) } } } } }", holds: ({ threads }, { errors }) => errors.length === threads.edges.length },
    { name: "6.4.4 a field fails beside its own other name", by: "moderator", query: `{ thread(id: ${id}) { viewer { a: decideRefusal(act: LOCK_THREAD) b: decideRefusal(act: WARN_PERSON) } } }` },
    { name: "6.4.4 what is not there", query: "{ thread(id: \"nowhere\") { title } node(id: \"nowhere\") { id } viewer { role } }" },
    { name: "6.4.4 what is not shown", by: "visitor", query: `{ thread(id: ${hidden}) { title } node(id: ${hidden}) { id } viewer { role } }` },
  ];
}

function changing({ thread }) {
  const reply = (name, text) => `${name}: reply(input: { key: $${name}, threadId: $thread, body: "${text}", language: EN }) { post { number body } }`;
  const head = (...names) => `mutation($thread: ID!, ${names.map((name) => `$${name}: UUID!`).join(", ")})`;
  const keys = (...names) => () => ({ thread, ...Object.fromEntries(names.map((name) => [name, randomUUID()])) });
  return [
    { name: "6.2.2 one change", query: `${head("a")} { ${reply("a", "A change.")} }`, variables: keys("a"), holds: (data) => data.a.post.body === "A change." },
    { name: "6.2.2 changes one after the other", query: `${head("a", "b", "c")} { ${reply("a", "1")} ${reply("b", "2")} ${reply("c", "3")} }`, variables: keys("a", "b", "c"), holds: ({ a, b, c }) => a.post.number + 1 === b.post.number && b.post.number + 1 === c.post.number },
    { name: "6.2.2 a failing change between two others", query: `${head("a", "b", "c")} { ${reply("a", "1")} ${reply("b", "")} ${reply("c", "3")} }`, variables: keys("a", "b", "c"), holds: ({ a, b, c }, { errors }) => a.post && b === null && a.post.number + 1 === c.post.number && errors.length === 1 },
    { name: "6.2.2 the first and the last change fail", query: `${head("a", "b", "c")} { ${reply("a", "")} ${reply("b", "2")} ${reply("c", "")} }`, variables: keys("a", "b", "c"), holds: ({ a, b, c }, { errors }) => a === null && b.post && c === null && errors.length === 2 },
    { name: "6.2.2 the only change fails", query: `${head("a")} { ${reply("a", "")} }`, variables: keys("a"), holds: ({ a }) => a === null },
    { name: "6.2.2 the answer of a change fails beneath", query: `${head("a")} { a: reply(input: { key: $a, threadId: $thread, body: "Text.", language: EN }) { post { number revisions(first: 1000) { edges { cursor } } } } __typename }`, variables: keys("a"), holds: ({ a }) => a === null },
    { name: "6.2.2 changes that are skipped", query: `${head("a", "b")} { ${reply("a", "1")} b: reply(input: { key: $b, threadId: $thread, body: "2", language: EN }) @skip(if: true) { post { id } } }`, variables: keys("a", "b"), holds: (data) => Object.keys(data).join() === "a" },
    { name: "6.2.2 the default of an input field", query: "mutation($thread: ID!, $writing: Boolean) { announceWriting(input: { threadId: $thread, writing: $writing }) { until } }", variables: { thread }, holds: (data) => data.announceWriting.until !== null },
  ];
}

function subscribing({ thread, cursor }) {
  const variables = { thread, after: cursor };
  return [
    { name: "6.2.3 events of a thread", query: "subscription($thread: ID!, $after: String) { threadEvents(threadId: $thread, after: $after) { __typename id cursor at ... on PostCreated { post { id number body author { name } } } } }", variables },
    { name: "6.2.3 events under another name, in fragments", query: "subscription S($thread: ID!, $after: String) { ...F } fragment F on Subscription { told: threadEvents(threadId: $thread, after: $after) { cursor ... on ForumEvent { at id } } }", variables },
    { name: "6.2.3 events in an empty selection", query: "subscription($thread: ID!, $after: String) { threadEvents(threadId: $thread, after: $after) { ... on ThreadHidden { threadId } } }", variables },
    { name: "6.2.3 one field that comes twice", query: "subscription($thread: ID!, $after: String) { threadEvents(threadId: $thread, after: $after) { cursor } threadEvents(threadId: $thread, after: $after) { id } }", variables },
    { name: "6.2.3 events that fail beneath", query: "subscription($thread: ID!, $after: String) { threadEvents(threadId: $thread, after: $after) { cursor ... on PostCreated { post { revisions(first: 1000) { edges { cursor } } } } } }", variables },
    { name: "6.2.3 who is there", query: "subscription($thread: ID!) { threadPresence(threadId: $thread) { writers { edges { node { name } } } readers __typename } }", variables: { thread } },
    { name: "6.2.3 the events of the forum, with a filter", query: "subscription($after: String, $kinds: [ThreadKind!] = [EXPERIENCE]) { forumEvents(filter: { kinds: $kinds }, after: $after) { __typename cursor } }", variables: { after: cursor } },
  ];
}
