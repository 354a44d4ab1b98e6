// What a reader may do with posts that arrive live. Rights in posts that arrive together are asked for together, and not by all
// readers in the same moment; by a page that nobody looks at, only when somebody does again.

import { ask } from "./line.js";

const RIGHTS = "document RightsOfPosts";
const AT_ONCE = 100;
const TOGETHER = 300;
const AGAIN = 5000;

/** By the name of each act, whether the forum allows it. */
const may = (viewer) => ({
  edit: viewer.canEdit,
  withdraw: viewer.canWithdraw,
  translate: viewer.canTranslate,
  report: viewer.canReport,
  decide: viewer.acts.length + viewer.actsToPropose.length > 0,
});

const waiting = [];
let asking;

function start(delay) {
  // A frame is drawn only for somebody who looks.
  asking ??= setTimeout(() => requestAnimationFrame(askAll), delay);
}

async function askAll() {
  const some = waiting.splice(0, AT_ONCE);
  const { data } = await ask(RIGHTS, { ids: some.map(({ id }) => id) }).catch(() => ({}));
  asking = undefined;
  if (!data) waiting.push(...some);
  else some[0].steadily(() => some.forEach(({ acts }, at) => offer(acts, data.nodes[at])));
  if (waiting.length) start(data ? 0 : AGAIN);
}

function offer(acts, post) {
  if (!post) return;
  const allowed = may(post.viewer);
  for (const [act, mark] of acts) if (allowed[act.dataset.slot]) mark.replaceWith(act);
}

/** Puts those of a post's acts in the place of their marks that its reader may do, by a change that moves nothing else. */
export function learn(id, acts, steadily) {
  waiting.push({ id, acts, steadily });
  start(TOGETHER * (0.5 + Math.random()));
}
