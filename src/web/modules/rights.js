// What a reader may do with posts that arrive live. Rights in posts that arrive together are requested together, and not by all
// readers at the same moment; a hidden page requests them only when it is visible again.

import { execute } from "./line.js";

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
  // Animation frames run only while the page is visible.
  asking ??= setTimeout(() => requestAnimationFrame(executeAll), delay);
}

async function executeAll() {
  const some = waiting.splice(0, AT_ONCE);
  const { data } = await execute(RIGHTS, { ids: some.map(({ id }) => id) }).catch(() => ({}));
  asking = undefined;
  if (!data) waiting.push(...some);
  else some[0].holdingPosition(() => some.forEach(({ acts }, at) => offer(acts, data.nodes[at])));
  if (waiting.length) start(data ? 0 : AGAIN);
}

function offer(acts, post) {
  if (!post) return;
  const allowed = may(post.viewer);
  for (const [act, mark] of acts) if (allowed[act.dataset.slot]) mark.replaceWith(act);
}

/**
 * Shows the acts on a post that its reader may perform in place of their markers, with a function that changes the page and moves nothing
 * else.
 */
export function requestRights(id, acts, holdingPosition) {
  waiting.push({ id, acts, holdingPosition });
  start(TOGETHER * (0.5 + Math.random()));
}
