// Asks a running server documents of all kinds, and has graphql-js judge each answer: `node audit.mjs URL SCHEMA [SEED|random]`, with
// the tokens of a delegate and of somebody who decides in PARTAGE_DELEGATE and PARTAGE_MODERATOR.

import { readFileSync } from "node:fs";
import { buildSchema, parse, validate } from "graphql";
import { Asker } from "./ask.mjs";
import { introspection } from "./documents/introspection.mjs";
import { tables } from "./documents/tables.mjs";
import { brief, judgeAnswer, judgeRefusal, rules, verdict } from "./judge.mjs";
import { randomDocuments } from "./random.mjs";
import { setUp } from "./scene.mjs";

const RANDOM = 200;
/** The one that is used unless another is named: what a run finds, the next one finds too. */
const SEED = 515_940_840;
const LONGEST_ADDRESS = 6_000;

const [url, schemaFile, givenSeed] = process.argv.slice(2);
const seed = givenSeed === "random" ? Date.now() % 2 ** 31 : Number(givenSeed ?? SEED);
const schema = buildSchema(readFileSync(schemaFile, "utf8"));
const delegate = new Asker(url, process.env.PARTAGE_DELEGATE);
const moderator = new Asker(url, process.env.PARTAGE_MODERATOR);
const visitor = new Asker(url);
const askers = { delegate, moderator, visitor };
const faults = [];
const broken = new Set();
const counts = { documents: 0, executed: 0, failing: 0, refused: 0, checks: 0 };

/** The checks of one document: each of its ways, each by the same judge. */
async function check(lines, { name, by = "delegate", holds, ...asked }) {
  const request = () => Object.fromEntries(
    ["query", "variables", "operationName"].filter((key) => asked[key] !== undefined)
      .map((key) => [key, typeof asked[key] === "function" ? asked[key]() : asked[key]]),
  );
  const first = request();
  const decided = verdict(schema, first);
  if (asked.must !== undefined && asked.must !== !decided.refusal) {
    record("graphql-js", name, first, decided, {}, ["the table expects something else than graphql-js"]);
  }
  if (decided.refusal) noteRules(first.query);
  counts.documents += 1;
  counts[decided.refusal ? "refused" : "executed"] += 1;
  const asker = askers[by];
  if (decided.kind === "subscription") await subscription(asker, lines[by], name, first, decided);
  else await operation(asker, lines[by], { name, holds, decided, request, first });
}

/** Notes which rules of validation a document breaks. */
function noteRules(query) {
  let document;
  try {
    document = parse(query);
  } catch {
    return;
  }
  for (const rule of rules) if (validate(schema, document, [rule]).length) broken.add(rule);
}

async function operation(asker, line, { name, holds, decided, request, first }) {
  const refused = Boolean(decided.refusal);
  const judge = (way, { answer, problems }) => {
    const found = refused ? judgeRefusal(answer) : judgeAnswer(schema, decided, answer);
    const held = !refused && holds && !found.length && !succeeds(() => holds(answer.data, answer)) ? ["its data is not what was asked for"] : [];
    if (way === "POST" && answer.errors && !refused) counts.failing += 1;
    record(way, name, first, decided, answer, [...problems, ...found, ...held]);
  };
  judge("POST", await asker.post(request(), refused));
  if (refused) judge("POST for JSON", await asker.postJson(request()));
  if (decided.kind !== "mutation" && !opensChange(first.query) && encodeURIComponent(JSON.stringify(first)).length < LONGEST_ADDRESS) {
    judge("GET", await asker.get(request(), refused));
  }
  if (/\bsubscription\b/.test(first.query) && !decided.kind) await refusedStream(asker, name, first, decided);
  const told = await line.ask(request());
  const problems = [...told.problems];
  if (told.answers.length !== 1) problems.push(`${told.answers.length} answers came`);
  if (told.refused !== refused) problems.push(refused ? "it is answered with next" : "it is answered with error");
  judge("socket", { answer: told.answers[0] ?? {}, problems });
}

async function subscription(asker, line, name, request, decided) {
  for (const [way, told] of [["socket", await line.ask(request, 1)], ["event stream", await asker.stream(request, 1)]]) {
    const problems = [...told.problems];
    if (!told.answers.length) problems.push("no event came");
    const judged = told.answers.flatMap((answer) => judgeAnswer(schema, decided, answer));
    record(way, name, request, decided, told.answers[0], [...problems, ...judged]);
  }
}

/** Whether a check of the data holds; data of another form does not hold. */
function succeeds(test) {
  try {
    return Boolean(test());
  } catch {
    return false;
  }
}

/** A subscription that is to be refused, over events: `next` with the errors, and `complete`. */
async function refusedStream(asker, name, request, decided) {
  const { kind, answers, completed, problems } = await asker.stream(request, Infinity);
  const found = [...problems];
  if (kind === "text/event-stream" && !completed) found.push("the stream does not complete");
  if (answers.length !== 1) found.push(`${answers.length} answers came`);
  record("event stream", name, request, decided, answers[0], [...found, ...answers.flatMap(judgeRefusal)]);
}

/** Whether GET is refused for another reason than the document. */
const opensChange = (query) => /\b(mutation|subscription)\b/.test(query);

function record(way, name, request, decided, answer, problems) {
  counts.checks += 1;
  if (!problems.length) return;
  faults.push({ way, name, request, expected: decided.refusal ? `refused: ${decided.refusal}` : "executed", answer, problems });
}

const scene = await setUp(askers);
const lines = {};
for (const name of Object.keys(askers)) lines[name] = await askers[name].socket();
for (const document of tables(scene)) await check(lines, document);
for (const document of randomDocuments(schema, scene, seed, RANDOM)) await check(lines, document);
for (const line of Object.values(lines)) line.close();
for (const rule of rules.filter((each) => !broken.has(each))) {
  record("graphql-js", rule.name, {}, {}, {}, ["no document breaks this rule"]);
}
for (const { name, problems } of await introspection(schema, delegate)) {
  record("POST", name, {}, {}, {}, problems);
}

for (const { way, name, request, expected, answer, problems } of faults) {
  console.log(`FAULT ${name} by ${way}\n  asked    ${JSON.stringify(request)}\n  expected ${expected}\n  answer   ${brief(answer)}`);
  for (const problem of problems) console.log(`  - ${problem}`);
}
console.log(`seed ${seed}: ${JSON.stringify(counts)}, ${faults.length} faults`);
process.exitCode = faults.length ? 1 : 0;
