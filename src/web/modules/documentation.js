// The schema's documentation for client authors: types and fields with their descriptions, and a document to start from.

const INTROSPECTION = `{ __schema {
  queryType { name } mutationType { name } subscriptionType { name }
  types { kind name description specifiedByURL
    fields(includeDeprecated: true) { name description isDeprecated deprecationReason type { ...Ref } args { ...Input } }
    inputFields { ...Input }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
    possibleTypes { name } interfaces { name }
  }
} }
fragment Input on __InputValue { name description defaultValue type { ...Ref } }
fragment Ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;
// Maximum number of search results.
const MAX_RESULTS = 60;
const ROOTS = { queryType: "query", mutationType: "mutation", subscriptionType: "subscription" };

function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

function link(text, target) {
  const made = element("a", element("code", text));
  made.href = `#${target}`;
  return made;
}

const named = (type) => (type.ofType ? named(type.ofType) : type);
const isRequired = ({ type, defaultValue }) => type.kind === "NON_NULL" && defaultValue === null;
const isLeaf = ({ kind }) => kind === "SCALAR" || kind === "ENUM";

/** A type as it is written, its name leading to what is said of it. */
function reference(type) {
  if (type.kind === "NON_NULL") return [...reference(type.ofType), "!"];
  if (type.kind === "LIST") return ["[", ...reference(type.ofType), "]"];
  return [link(type.name, type.name)];
}

const written = (type) => {
  if (type.kind === "NON_NULL") return `${written(type.ofType)}!`;
  return type.kind === "LIST" ? `[${written(type.ofType)}]` : type.name;
};

/** A document that asks for a field of a root, with a variable for each argument that must be given. */
function documentFor(operation, field, types) {
  const needed = field.args.filter(isRequired);
  const selection = (type, depth) => {
    const { fields, kind, name } = types.get(named(type).name);
    if (kind === "UNION" || kind === "INTERFACE") return " { __typename }";
    if (!fields) return "";
    const open = fields.filter((each) => !each.isDeprecated && !each.args.some(isRequired));
    const indent = "  ".repeat(depth);
    let lines = open.filter((each) => isLeaf(named(each.type))).map((each) => `${indent}  ${each.name}`);
    const deeper = { edges: true, node: true, pageInfo: false };
    const below = open.filter((each) => !isLeaf(named(each.type)) && (deeper[each.name] ?? name.endsWith("Payload")));
    if (name.endsWith("Edge")) lines = [];
    if (depth < 5) lines.push(...below.map((each) => `${indent}  ${each.name}${selection(each.type, depth + 1)}`));
    return ` {\n${(lines.length ? lines : [`${indent}  __typename`]).join("\n")}\n${indent}}`;
  };
  const declared = needed.map(({ name, type }) => `$${name}: ${written(type)}`).join(", ");
  const passed = needed.map(({ name }) => `${name}: $${name}`).join(", ");
  const head = `${operation} ${field.name[0].toUpperCase()}${field.name.slice(1)}`;
  const text = `${head}${declared && `(${declared})`} {\n  ${field.name}${passed && `(${passed})`}${selection(field.type, 1)}\n}\n`;
  const values = Object.fromEntries(needed.map(({ name, type }) => [name, example(type, types, 0)]));
  return [text, needed.length ? JSON.stringify(values, null, 2) : ""];
}

/** What a value of an input's type looks like. */
function example(type, types, depth) {
  if (type.kind === "NON_NULL") return example(type.ofType, types, depth);
  if (type.kind === "LIST") return [example(type.ofType, types, depth)];
  const { inputFields, enumValues } = types.get(type.name);
  if (enumValues) return enumValues[0].name;
  if (inputFields && depth < 4) {
    const needed = inputFields.filter(isRequired);
    return Object.fromEntries(needed.map((each) => [each.name, example(each.type, types, depth + 1)]));
  }
  return { Int: 0, Float: 0, Boolean: false }[type.name] ?? "";
}

/** Shows the documentation, and what is looked for in it. */
export async function documentation({ say, write, place, find }) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  const asked = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query: INTROSPECTION }) });
  const { data: { __schema: schema } } = await asked.json();
  const own = schema.types.filter(({ name }) => !name.startsWith("__"));
  const types = new Map(schema.types.map((type) => [type.name, type]));
  const roots = new Map(Object.entries(ROOTS).map(([root, operation]) => [schema[root]?.name, operation]));

  const text = (words) => element("p", words ?? "");
  const withdrawn = ({ isDeprecated, deprecationReason }) => {
    if (!isDeprecated) return [];
    const made = element("p", `${say("explorer-deprecated")} ${deprecationReason ?? ""}`);
    made.className = "deprecated";
    return [made];
  };

  function inputs(all) {
    return all.map((each) => {
      const preset = each.defaultValue === null ? "" : ` = ${each.defaultValue}`;
      return element("p", element("code", `${each.name}: `, ...reference(each.type), preset), ` ${each.description ?? ""}`);
    });
  }

  function row(name, type, said) {
    const target = element("dt", element("code", name));
    if (type) target.append(element("code", ": ", ...reference(type)));
    return [target, element("dd", ...said)];
  }

  function members(type) {
    const operation = roots.get(type.name);
    const fields = (type.fields ?? []).flatMap((field) => {
      const said = [...withdrawn(field), text(field.description), ...inputs(field.args)];
      if (operation) {
        const use = element("button", say("explorer-use"));
        use.type = "button";
        use.className = "plain";
        use.addEventListener("click", () => {
          write(...documentFor(operation, field, types));
          document.getElementById("document").focus();
        });
        said.push(element("p", use));
      }
      return row(field.name, field.type, said);
    });
    const given = (type.inputFields ?? []).flatMap((each) => row(each.name, each.type, [text(each.description)]));
    const values = (type.enumValues ?? []).flatMap((each) => row(each.name, null, [...withdrawn(each), text(each.description)]));
    return element("dl", ...fields, ...given, ...values);
  }

  function show(type) {
    const back = Object.assign(element("a", say("explorer-all")), { href: "#" });
    const kinds = [...(type.interfaces ?? []), ...(type.possibleTypes ?? [])].flatMap(({ name }) => [" ", link(name, name)]);
    const source = type.specifiedByURL ? [element("p", Object.assign(element("a", type.specifiedByURL), { href: type.specifiedByURL, rel: "noreferrer" }))] : [];
    place.replaceChildren(element("p", back), element("h3", type.name, ...kinds), text(type.description), ...source, members(type));
  }

  function all() {
    const first = [...roots.keys()].filter(Boolean).map((name) => element("li", link(name, name)));
    const rest = own.filter(({ name }) => !roots.has(name)).map(({ name }) => element("li", link(name, name)));
    place.replaceChildren(element("ul", ...first), element("ul", ...rest));
  }

  function search(words) {
    const has = ({ name, description }) => name.toLowerCase().includes(words) || (description ?? "").toLowerCase().includes(words);
    const found = own.flatMap((type) => {
      const inside = [...(type.fields ?? []), ...(type.inputFields ?? []), ...(type.enumValues ?? [])].filter(has);
      return [...(has(type) ? [[type.name, type]] : []), ...inside.map((each) => [`${type.name}.${each.name}`, type])];
    });
    // A match in a name ranks above a match in a description.
    const named = ([name]) => (name.toLowerCase().includes(words) ? 0 : 1);
    found.sort((one, other) => named(one) - named(other));
    const list = found.slice(0, MAX_RESULTS).map(([name, type]) => element("li", link(name, type.name)));
    place.replaceChildren(list.length ? element("ul", ...list) : text(say("explorer-none")));
  }

  function look() {
    const type = types.get(decodeURIComponent(location.hash.slice(1)));
    const words = find.value.trim().toLowerCase();
    if (words) search(words);
    else if (type) show(type);
    else all();
  }

  find.addEventListener("input", look);
  addEventListener("hashchange", () => {
    find.value = "";
    look();
    place.focus();
  });
  look();
}
