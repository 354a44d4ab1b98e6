// Between the pages and the network: visited threads stay readable offline. Stores pages for one person at a time, removes them
// when another person uses this browser, and removes from them what the forum no longer shows.

const ASSETS = "assets";
const PAGES = "pages:";
const MAX_PAGES = 60;
const LIST = "/offline";
// The forum inserts its own policy here, so that it applies to stored pages as well.
const POLICY = "CONTENT_SECURITY_POLICY";
const HEADERS = { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY };
// The files that a stored page needs, and those needed for writing.
const NEEDED = ["site.css", "icons.svg", "icon.svg", "forum.js", "thread.js"];
const WRITING = ["compose.js", "drafts.js", "outbox.js"];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);
const ofPeople = async () => (await caches.keys()).filter((name) => name.startsWith(PAGES));
const marked = (html, mark) => new Response(html, { headers: { ...HEADERS, "partage-mark": encodeURIComponent(JSON.stringify(mark)) } });

/** The metadata of a stored page; null for a page stored by an earlier version of this script. */
function markOf(answer) {
  try {
    return JSON.parse(decodeURIComponent(answer.headers.get("partage-mark")));
  } catch {
    return null;
  }
}

async function onlyOf(person) {
  for (const name of await ofPeople()) if (name !== PAGES + person) await caches.delete(name);
}

/** Every stored page: its cache, address, response and metadata. */
async function all() {
  const found = [];
  for (const name of await ofPeople()) {
    const pages = await caches.open(name);
    for (const request of await pages.keys()) {
      const answer = await pages.match(request);
      found.push({ name, pages, url: request.url, answer, mark: markOf(answer) });
    }
  }
  return found;
}

async function keep({ person, lang, assets, page }) {
  await onlyOf(person);
  const files = await caches.open(ASSETS);
  const list = `offline-${lang}.html`;
  for (const name of [...NEEDED, list, ...(person ? WRITING : [])]) {
    if (!(await files.match(assets + name))) await files.add(assets + name).catch(() => {});
  }
  const pages = await caches.open(PAGES + person);
  const kept = await pages.match(LIST);
  const known = kept && markOf(kept);
  const fresh = await files.match(assets + list);
  if (fresh && (known?.assets !== assets || known.lang !== lang)) {
    const html = (await fresh.text()).replace('data-person=""', () => `data-person="${escaped(person)}"`);
    await pages.put(LIST, marked(html, { assets, lang }));
  }
  if (page) {
    const address = new URL(page.url);
    address.hash = "";
    const html = page.html.replace("<html ", () => '<html data-kept="page" ');
    await pages.delete(address.href);
    await pages.put(address.href, marked(html, { assets, lang, title: page.title, faces: page.faces, ...page.thread }));
  }
  const older = (await pages.keys()).filter(({ url }) => !url.endsWith(LIST));
  for (const old of older.slice(0, Math.max(0, older.length - MAX_PAGES))) await pages.delete(old);
  // A file is stored for as long as a stored page needs it.
  const versions = new Set([assets, ...(await all()).map(({ mark }) => mark?.assets)]);
  for (const { url } of await files.keys()) {
    if (!versions.has(url.slice(0, url.lastIndexOf("/") + 1))) await files.delete(url);
  }
}

const MARKS = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Thread { id title updatedAt } } }";
const FACES = `query($id: ID!, $after: String, $reader: Language!) {
  thread(id: $id) { posts(first: 100, after: $after) { edges { node { number state editedBy { position } translation(language: $reader) { id } } } } }
}`;

async function execute(query, variables, person) {
  const asked = new URLSearchParams({ query, variables: JSON.stringify(variables) });
  const whose = person ? { "partage-person": person } : {};
  const answer = await fetch(`/graphql?${asked}`, { headers: { accept: "application/json", ...whose } });
  if (answer.status === 412) throw new Error("somebody else has signed in");
  return answer.json();
}

/** Removes from the stored pages what the forum no longer shows to the person to whom they belong. */
async function check() {
  for (const name of await ofPeople()) {
    const person = name.slice(PAGES.length);
    const kept = (await all()).filter((each) => each.name === name && !each.url.endsWith(LIST));
    for (const { pages, url, mark } of kept) if (!mark?.updated) await pages.delete(url);
    const known = kept.filter(({ mark }) => mark?.updated);
    if (known.length === 0) continue;
    const ids = [...new Set(known.map(({ mark }) => mark.thread))];
    const { data } = await execute(MARKS, { ids }, person);
    if (!data) continue;
    const now = new Map(data.nodes.filter(Boolean).map((thread) => [thread.id, thread]));
    for (const each of known) {
      const thread = now.get(each.mark.thread);
      if (!thread || thread.title !== each.mark.title) await each.pages.delete(each.url);
      else if (thread.updatedAt !== each.mark.updated) await renew(each, thread, person);
    }
  }
}

async function renew({ pages, url, answer, mark }, { id, updatedAt }, person) {
  if (mark.faces.length === 0) return pages.delete(url);
  const after = btoa(String(mark.faces[0][0] - 1)).replaceAll("=", "");
  const { data } = await execute(FACES, { id, after, reader: mark.reader }, person);
  if (!data) return;
  if (!data.thread) return pages.delete(url);
  const faces = new Map(data.thread.posts.edges.map(({ node }) => [node.number, `${node.state} ${node.editedBy?.position ?? ""} ${node.translation?.id ?? ""}`]));
  const besides = (face) => face.slice(face.indexOf(" "));
  // A text that is still shown by the same decision stays; an added translation takes nothing away.
  const stands = ([number, face]) => {
    const now = faces.get(number) ?? "";
    const isSame = besides(now) === besides(face) || (face.endsWith(" ") && besides(now).startsWith(besides(face)));
    return now === face || (now.startsWith("PUBLISHED ") && isSame);
  };
  let html = await answer.text();
  for (const [number] of mark.faces.filter((each) => !stands(each))) {
    const start = html.indexOf(`<article id="post-${number}"`);
    const end = html.indexOf("</article>", start);
    if (start < 0 || end < 0) return pages.delete(url);
    html = html.slice(0, start) + html.slice(end + "</article>".length);
  }
  await pages.put(url, marked(html, { ...mark, updated: updatedAt, faces: mark.faces.filter(stands) }));
}

// One task after the other, so that none undoes another's work.
let last = Promise.resolve();
const inTurn = (act) => (last = last.then(act).catch(() => {}));

self.addEventListener("message", (event) => {
  const { data } = event;
  event.waitUntil(inTurn(() => (data.check ? check() : keep(data))));
});

/** Only the pages of the person to whom the forum last responded stay stored; their texts are checked for changes. */
function touched(answer) {
  const person = answer.headers.get("partage-person");
  return person === null ? null : inTurn(async () => {
    await onlyOf(person);
    await check();
  });
}

/** The response when a page cannot be loaded: its stored copy, or a list of the stored pages. */
async function instead({ url }) {
  const kept = (await caches.match(url)) ?? (await caches.match(url, { ignoreSearch: true }));
  if (kept) return kept;
  const found = await all();
  const list = found.find((each) => each.url.endsWith(LIST));
  if (!list) return null;
  // Each thread once, by the address that was visited last.
  const threads = new Map(found.filter(({ mark }) => mark?.title).map((each) => [each.mark.thread, each]));
  const items = [...threads.values()].sort((one, other) => found.indexOf(other) - found.indexOf(one)).map(({ url: to, mark }) => `<li><a href="${escaped(to)}" dir="auto">${escaped(mark.title)}</a></li>`);
  const html = (await list.answer.text()).replace("<li></li>", () => items.join(""));
  return new Response(html, { status: 503, headers: HEADERS });
}

async function page(event) {
  const { request } = event;
  try {
    const answer = await fetch(request);
    event.waitUntil(touched(answer));
    return answer;
  } catch (error) {
    const kept = await instead(request);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (pathname.startsWith("/assets/")) event.respondWith(caches.match(request.url).then((kept) => kept ?? fetch(request)));
});
