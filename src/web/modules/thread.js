// A live thread: posts arrive, change and disappear by the rules for clients. Every post is a filled copy of the page's
// template; nothing moves under the reader, and the focus stays where it is.

import { put as fillIn, showConnection } from "./forum.js";
import { execute, executeGet, follow } from "./line.js";

const thread = document.getElementById("thread");
const news = document.getElementById("news");
const template = document.getElementById("template-of-post");
const words = JSON.parse(thread.dataset.words);
const { lang, dataset: page } = document.documentElement;
const { thread: id, reader } = thread.dataset;

// These documents are beside those of the page and use the same fragments.
const EVENTS = "document ThreadEvents";
const POSTS = "document ThreadPosts";
const PRESENCE = "subscription($thread: ID!) { threadPresence(threadId: $thread) { readers writers(first: 3) { edges { node { id name } } } } }";
const READ = "mutation($thread: ID!, $number: Int!) { markRead(input: { threadId: $thread, number: $number }) { thread { id } } }";

const figure = (count) => count.toLocaleString(lang);
const say = (key, name, value) => fillIn(words[key], name, value);

// A browser may not know a time zone that the forum knows, or its offset: then times are shown in UTC.
function momentsIn(timeZone) {
  const local = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { dateStyle: "medium", timeStyle: "short", timeZone });
  const zones = timeZone === "UTC" ? null : new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "shortOffset" });
  const distance = (at) => zones?.formatToParts(at).find(({ type }) => type === "timeZoneName").value
    .replace("GMT", "UTC").replace("-", "\u2212").replace(/\+0$/, "") ?? "UTC";
  return (at) => `${local.format(at)} ${distance(at)}`;
}
const moment = (() => {
  for (const zone of [page.zone, "UTC"]) {
    try {
      return momentsIn(zone);
    } catch {
      // Every browser knows the next one.
    }
  }
  return (at) => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
})();

function languageName(code) {
  try {
    return new Intl.DisplayNames([code], { type: "language" }).of(code);
  } catch {
    return code;
  }
}
const place = (within, number) => `/threads/${within}?number=${number}#post-${number}`;
const shown = (number) => thread.querySelector(`:scope > #post-${number}`);
const numbers = () => [...thread.children].map((article) => Number(article.dataset.number));
const isAtEnd = () => "end" in thread.dataset;

// A reader who has just moved the pointer there may be about to click.
let pointed = 0;
addEventListener("pointermove", () => { pointed = Date.now(); }, { passive: true });
const PRESSED = "a, button, label, summary, input, select, textarea";
const underPointer = () => (Date.now() - pointed < 3000 ? document.querySelector(`:is(${PRESSED}):hover`) : null);

/** Changes the page, while what the reader looks at, or is about to click, stays where it is. */
function holdingPosition(change) {
  const focused = underPointer() ?? document.activeElement;
  const inView = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  // A replaced post is found again by its number; an element inside it is not.
  const held = focused.closest("#thread > article") ?? focused;
  const centre = document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest("#thread > article, #reply");
  const anchor = focused !== document.body && inView(focused) ? held : (centre ?? [...thread.children].find(inView));
  const before = anchor?.getBoundingClientRect().top;
  const result = change();
  const now = anchor?.isConnected ? anchor : anchor && document.getElementById(anchor.id);
  const moved = now ? now.getBoundingClientRect().top - before : 0;
  if (moved) scrollBy({ top: moved, behavior: "instant" });
  return result;
}

// Acts that are not known to be allowed are removed; a marker keeps their place.
function withhold(article) {
  const acts = article.querySelectorAll(".acts a:not([data-slot=answer], [data-slot=quote])");
  return [...acts].map((act) => {
    const mark = new Comment();
    act.replaceWith(mark);
    return [act, mark];
  });
}

/** A filled copy of the template of a post. */
function filled(post) {
  const article = template.content.firstElementChild.cloneNode(true);
  const slot = (name) => article.querySelector(`[data-slot="${name}"]`);
  const show = (name, value, act) => {
    const found = slot(name);
    if (!found) return;
    found.hidden = !value;
    if (value) act?.(found);
  };
  const stands = post.state === "PUBLISHED";
  const position = (decision) => `/ledger?number=${decision.position}#decision-${decision.position}`;
  article.id = `post-${post.number}`;
  article.dataset.post = post.id;
  article.dataset.number = post.number;
  for (const link of article.querySelectorAll("a[href]")) {
    const given = [["number=0", `number=${post.number}`], ["#post-0", `#post-${post.number}`], ["/posts/0/", `/posts/${post.number}/`],
      ["quote=0", `quote=${post.number}`], ["answer=", `answer=${post.id}`], ["target=", `target=${post.id}`]];
    link.href = given.reduce((to, [name, value]) => to.replace(name, () => value), link.getAttribute("href"));
  }
  slot("number").textContent = say("post-number", "count", figure(post.number));
  const { slug = "", name, acronym } = post.delegation ?? {};
  slot("delegation").textContent = name ?? "";
  markAs(slot("mark"), slug, acronym);
  slot("author").href = `/people/${post.author.id}`;
  slot("author").firstElementChild.textContent = post.authorName;
  show("title", post.authorTitle !== post.authorName && post.authorTitle, (found) => {
    found.querySelector("bdi").textContent = post.authorTitle;
  });
  slot("capacity").textContent = words[post.capacity];
  slot("capacity").dataset.capacity = post.capacity;
  const time = article.querySelector("time");
  time.dateTime = post.createdAt;
  time.textContent = moment(new Date(post.createdAt));
  show("answers", post.inReplyTo, (found) => {
    const link = found.querySelector("a");
    link.href = place(post.inReplyTo.thread.id, post.inReplyTo.number);
    link.textContent = say("post-answers", "count", figure(post.inReplyTo.number));
  });
  show("revision", post.revision > 1, (found) => {
    found.querySelector("a").textContent = say("post-revision", "count", figure(post.revision));
  });
  show("edited", post.editedBy, (found) => {
    found.querySelector("a").href = position(post.editedBy);
  });
  const cited = [say("post-number", "count", figure(post.number)), say("post-revision", "count", figure(post.revision)), new URL(place(id, post.number), location.href)];
  slot("cited").textContent = [name, post.authorName].filter(Boolean).join(", ");
  slot("citation").textContent = cited.join(" \u00b7 ");
  fillBody(slot, post);
  show("tombstone", !stands, (found) => found.append(...tombstone(post, position)));
  if (!stands) slot("quote")?.remove();
  // Authors are not offered to report their own post.
  if (post.author.id === page.person) slot("report")?.remove();
  return article;
}

// The letters of a delegation on a tint of its own, as on the forum's pages.
function markAs(mark, slug, acronym) {
  const letters = acronym?.length < 6 ? acronym : (slug.length < 6 ? slug : slug.replace(/(\w)[^-]*-?/g, "$1").slice(0, 5)).toUpperCase();
  mark.textContent = letters;
  mark.dataset.hue = slug === "secretariat" ? 0 : [...slug].reduce((sum, sign) => sum + sign.charCodeAt(), 0) % 8 + 1;
  mark.classList.toggle("long", letters.length > 3);
}

// Answers and acknowledgements are needed only once something changes.
const shownBeside = (name, ...given) => import("./marks.js").then((marks) => holdingPosition(() => marks[name](...given))).catch(() => {});
const showAnswer = (post) => shownBeside("showAnswer", post?.number, post && place(id, post.number));

function fillBody(slot, post) {
  const body = slot("body");
  body.lang = post.language.toLowerCase();
  body.dir = post.language === "AR" ? "rtl" : "ltr";
  body.innerHTML = post.bodyHtml ?? "";
  body.hidden = !post.bodyHtml;
  const { translation } = post;
  const translated = slot("translated");
  if (!translation) return translated.replaceWith(body);
  const by = [translation.translatorName, translation.translatorTitle, translation.delegation?.name];
  slot("translated-by").textContent = say("translation-by", "value", [...new Set(by)].filter(Boolean).map((name) => `\u2068${name}\u2069`).join(" · "));
  slot("outdated").hidden = !translation.outdated;
  slot("translation").innerHTML = translation.bodyHtml;
  slot("original").querySelector("summary span").textContent = languageName(post.language.toLowerCase());
}

/** What is shown instead of a text that is not shown. */
function tombstone(post, position) {
  const { hiddenBy, erasedBy, reviewedBy, movedBy, movedTo } = post;
  const why = (key, decision) => `${words[key]} ${decision ? words[`reason-${decision.reason}`] : ""}`;
  const said = {
    WITHDRAWN: () => words["post-withdrawn"],
    HIDDEN: () => why("post-hidden", hiddenBy),
    ERASED: () => why("post-erased", erasedBy),
    MOVED: () => words["post-moved"],
  }[post.state]?.() ?? words[post.state];
  const parts = [Object.assign(document.createElement("span"), { textContent: said })];
  if (post.withdrawalReason) parts.push(Object.assign(document.createElement("q"), { textContent: post.withdrawalReason, dir: "auto" }));
  if (movedTo) parts.push(Object.assign(document.createElement("a"), { textContent: movedTo.thread.title, href: place(movedTo.thread.id, movedTo.number) }));
  const decision = { HIDDEN: hiddenBy, ERASED: erasedBy, MOVED: movedBy }[post.state] ?? reviewedBy;
  if (decision) parts.push(Object.assign(document.createElement("a"), { textContent: figure(decision.position), href: position(decision) }));
  return parts.flatMap((part) => [part, " "]);
}

const stands = (article) => article.querySelector(`[data-slot="tombstone"]`).hidden;
// The readable content of a post.
const face = (article) => ["revision", "tombstone", "body", "translation", "outdated"].map((name) => {
  const slot = article.querySelector(`[data-slot="${name}"]`);
  return slot && !slot.hidden ? slot.textContent.replace(/\s+/g, " ").trim() : "";
}).join("\n");

/** Puts a post into its place: as a new element, or instead of the one there. */
function put(post) {
  const before = shown(post.number);
  const article = filled(post);
  const wasAnswer = Boolean(before?.classList.contains("accepted"));
  const acts = withhold(article);
  // The rights of this reader stay known for as long as the post is shown.
  const isKnown = before && stands(before) && stands(article);
  if (before) {
    replace(before, article, isKnown);
  } else {
    const later = [...thread.children].find((each) => Number(each.dataset.number) > post.number);
    holdingPosition(() => thread.insertBefore(article, later ?? null));
  }
  shownBeside("acknowledge", article, isKnown ? before : null, post);
  if (wasAnswer || post.isAcceptedAnswer) showAnswer(post.isAcceptedAnswer && post);
  seen.observe(article);
  if (!isKnown && page.person) import("./rights.js").then(({ requestRights }) => requestRights(post.id, acts, holdingPosition)).catch(() => {});
}

function replace(before, article, isKnown) {
  const focused = before.contains(document.activeElement) ? document.activeElement : null;
  const slot = focused?.closest("[data-slot]")?.dataset.slot;
  const [was, is] = [before, article].map((each) => each.querySelector(`[data-slot="original"]`));
  if (was && is) is.open = was.open;
  holdingPosition(() => {
    const acts = before.querySelector(".acts");
    if (isKnown) article.querySelector(".acts").replaceWith(acts);
    else article.querySelector(".acts").append(...acts.querySelectorAll("label"));
    before.replaceWith(article);
  });
  if (!focused) return;
  (focused.isConnected ? focused : article.querySelector(`[data-slot="${slot}"]`))?.focus({ preventScroll: true });
  if (!article.contains(document.activeElement)) article.focus({ preventScroll: true });
}

function announce(text) {
  const line = document.createElement("p");
  line.textContent = text;
  news.replaceChildren(line);
}

const beyond = new Set();

// Links to posts beyond this page.
function linkBeyond(number) {
  beyond.add(number);
  const link = document.createElement("a");
  link.className = "button";
  link.href = place(id, Math.min(...beyond));
  link.textContent = beyond.size === 1 ? words["news-replies-one"] : say("news-replies-other", "count", figure(beyond.size));
  news.replaceChildren(link);
}

function lock({ locked, lockedBy }) {
  const notice = document.getElementById("locked");
  const reply = document.getElementById("reply");
  if (lockedBy) {
    notice.querySelector("span").textContent = words[`reason-${lockedBy.reason}`];
    const link = notice.querySelector("a");
    link.href = `/ledger?number=${lockedBy.position}#decision-${lockedBy.position}`;
  }
  if (notice.hidden === !locked) return;
  // Nothing moves: the notice appears where there is room for it, and leaves its space when it disappears.
  if (locked) document.getElementById("strip").append(notice);
  notice.classList.add("told");
  notice.hidden = !locked;
  // The text being written stays; only the buttons to send it are disabled.
  for (const button of reply?.querySelectorAll("button[type=submit]") ?? []) button.disabled = locked && !button.name;
  if (locked) announce(notice.firstChild.textContent);
}

// An event that arrives during a refresh is newer than the refresh's result: the last event for each post, by its number, and
// for the thread.
const lastEvents = new Map();
let eventCount = 0;

/** Reloads what is shown from a number on, and everything that has been added since. */
async function refresh(from = numbers()[0] ?? 1) {
  const begun = eventCount;
  let after = btoa(String(from - 1)).replaceAll("=", "");
  const last = numbers().at(-1) ?? 0;
  for (;;) {
    const { data, errors } = await executeGet(POSTS, { thread: id, after, reader });
    if (errors?.some(({ extensions }) => extensions?.code !== "NOT_FOUND") || !data) throw new Error("no answer");
    if (isGone) return;
    if (!data.thread) return hide();
    const { edges, pageInfo } = data.thread.posts;
    const isNewer = (what) => (lastEvents.get(what) ?? 0) <= begun;
    if (isNewer("thread")) {
      lock(data.thread);
      showAnswer(data.thread.acceptedAnswer);
    }
    for (const { node } of edges) {
      const before = shown(node.number);
      const isSame = before && face(before) === face(filled(node));
      if (!isSame && isNewer(node.number) && (node.number <= last || isAtEnd())) put(node);
    }
    if (!pageInfo.hasNextPage || (!isAtEnd() && edges.at(-1).node.number >= last)) return;
    after = pageInfo.endCursor;
  }
}

// A change that no event repeats is reloaded until that succeeds.
const refreshUntilDone = (from) => refresh(from).catch(() => setTimeout(refreshUntilDone, 5000, from));

// The thread can no longer be read.
let isGone = false;

function hide() {
  isGone = true;
  // Nothing else moves, and the text being written stays.
  thread.style.minBlockSize = `${thread.offsetHeight}px`;
  thread.replaceChildren();
  for (const button of document.querySelectorAll("#reply button[type=submit]")) button.disabled = true;
  document.dispatchEvent(new Event("forum:changed"));
  announce(words["news-hidden"]);
}

function receive(event) {
  const { __typename: kind, post } = event;
  if (post) lastEvents.set(post.number, (eventCount += 1));
  else if (kind === "ThreadChanged" || kind === "AnswerChanged") lastEvents.set("thread", (eventCount += 1));
  // Stored pages have to be checked as well.
  if (kind !== "PostCreated") document.dispatchEvent(new Event("forum:changed"));
  if (kind === "ThreadHidden") hide();
  else if (kind === "ThreadChanged") lock(event.thread);
  else if (kind === "AnswerChanged") showAnswer(event.thread.acceptedAnswer);
  else if (kind === "Gap" || kind === "PostsMoved") refreshUntilDone();
  else if (post && (shown(post.number) || (isAtEnd() && post.number > (numbers().at(-1) ?? 0)))) {
    const isNew = !shown(post.number);
    put(post);
    if (isNew && post.author.id !== page.person) announce(say("news-reply-by", "value", post.authorName));
    document.dispatchEvent(new CustomEvent("forum:post", { detail: post }));
  } else if (kind === "PostCreated" && post.number > (numbers().at(-1) ?? 0)) linkBeyond(post.number);
}

function showPresence({ readers, writers }) {
  const box = document.getElementById("presence");
  const others = writers.edges.filter(({ node }) => node.id !== page.person).map(({ node }) => say("presence-writing", "value", node.name));
  const count = readers === 1 ? words["presence-one"] : say("presence-other", "count", figure(readers));
  box.textContent = [count, ...others].join(" · ");
  box.hidden = false;
}

// A post that has been in view is read.
let read = Number(thread.dataset.last);
let reading;
const seen = new IntersectionObserver((entries) => {
  const last = Math.max(...entries.filter((entry) => entry.isIntersecting).map(({ target }) => Number(target.dataset.number)), 0);
  if (!page.person || last <= read) return;
  read = last;
  clearTimeout(reading);
  reading = setTimeout(() => execute(READ, { thread: id, number: read }).catch(() => {}), 1000);
});

// The reader's own reply is shown as soon as the forum has accepted it.
document.addEventListener("forum:sent", ({ detail: number }) => {
  if (!shown(number)) refreshUntilDone((numbers().at(-1) ?? 0) + 1);
});

follow({
  query: EVENTS,
  variables: { thread: id, after: thread.dataset.cursor, reader },
  onEvent: receive,
  onConnection: showConnection,
  onEnd: hide,
  poll: refresh,
  besides: [{ query: PRESENCE, variables: { thread: id }, onEvent: showPresence }],
});
