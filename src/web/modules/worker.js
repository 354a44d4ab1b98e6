// Between the pages and the line: threads that were visited stay readable when it is down. It keeps pages for one person at
// a time, and lets them go when somebody else reads here.

const ASSETS = "assets";
const PAGES = "pages:";
const MOST = 60;
// The forum puts its own policy here, so that a kept page is bound by it as a fresh one is.
const POLICY = "CONTENT_SECURITY_POLICY";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keep({ person, url, html, assets }) {
  const name = PAGES + person;
  for (const each of await caches.keys()) if (each.startsWith(PAGES) && each !== name) await caches.delete(each);
  if (!html) return;
  const pages = await caches.open(name);
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY };
  const address = new URL(url);
  address.hash = "";
  await pages.delete(address.href);
  await pages.put(address.href, new Response(html, { headers }));
  const kept = await pages.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST))) await pages.delete(old);
  const files = await caches.open(ASSETS);
  const versions = new Set(assets.map((asset) => asset.slice(0, asset.lastIndexOf("/"))));
  const own = [...new Set(assets)].filter((asset) => new URL(asset).pathname.startsWith("/assets/"));
  for (const version of versions) {
    if (!new URL(version).pathname.startsWith("/assets/")) continue;
    own.push(`${version}/site.css`, `${version}/line.js`);
    // What is loaded only when somebody writes is needed without a line too.
    if (person) own.push(`${version}/compose.js`, `${version}/drafts.js`, `${version}/outbox.js`);
  }
  for (const asset of new Set(own)) {
    if (!(await files.match(asset))) await files.add(asset).catch(() => {});
  }
  for (const { url: old } of await files.keys()) {
    if (!own.includes(old)) await files.delete(old);
  }
}

self.addEventListener("message", (event) => event.waitUntil(keep(event.data)));

async function page(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const exact = await caches.match(request.url);
    const kept = exact ?? (await caches.match(request.url, { ignoreSearch: true }));
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname.startsWith("/threads/")) event.respondWith(page(request));
  else if (pathname.startsWith("/assets/")) event.respondWith(caches.match(request.url).then((kept) => kept ?? fetch(request)));
});
