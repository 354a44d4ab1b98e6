// Documents made by chance from the schema, and the same with one thing changed in them. Which of them are valid is the judge's to
// say. They stay within the server's usual limits.

import {
  getNamedType, getNullableType, isAbstractType, isCompositeType, isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredArgument,
  isRequiredInputField, Kind, parse, print, visit,
} from "graphql";

const DEPTH = 6;
const FIELDS = 40;
const ALIASES = 12;
const DIRECTIVES = 5;
/** What one connection in another may make of a document. */
const NODES = 60;
/** They cost more than a field. */
const COSTLY = new Set(["preview", "previewNotes"]);

/** So many documents; the same seed makes the same ones. */
export function* randomDocuments(schema, scene, seed, count) {
  const chance = new Chance(seed);
  for (let made = 0; made < count; made += 1) {
    const { query, variables } = new Maker(schema, scene, chance).make();
    const isChanged = made % 2 === 1;
    yield { name: `random ${made}`, query: isChanged ? change(query, chance) : query, variables, by: chance.of(["delegate", "moderator", "visitor"]) };
  }
}

/** Chance that can be repeated (mulberry32). */
class Chance {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit) {
    return Math.floor(this.next() * limit);
  }

  of(list) {
    return list[this.below(list.length)];
  }

  is(likelihood) {
    return this.next() < likelihood;
  }
}

class Maker {
  constructor(schema, scene, chance) {
    Object.assign(this, { schema, scene, chance, definitions: [], fragments: [], variables: {}, names: 0 });
    this.left = { fields: FIELDS, aliases: ALIASES, directives: DIRECTIVES };
  }

  make() {
    const set = this.set(this.schema.getQueryType(), DEPTH, 1);
    const head = this.definitions.length ? `query Q(${this.definitions.join(", ")})` : "query Q";
    return { query: [`${head} ${set}`, ...this.fragments].join("\n"), variables: this.variables };
  }

  set(type, depth, nodes) {
    const wanted = 1 + this.chance.below(5);
    const parts = [];
    for (let made = 0; made < wanted && this.left.fields > 0; made += 1) parts.push(this.selection(type, depth, nodes));
    const made = parts.filter(Boolean);
    return `{ ${made.length ? made.join(" ") : "__typename"} }`;
  }

  selection(type, depth, nodes) {
    const roll = this.chance.next();
    if (roll < 0.08) return `${this.alias(0.3)}__typename${this.directives()}`;
    if (roll < 0.22 && depth > 1) return this.fragment(type, depth, nodes);
    if (isAbstractType(type) && roll < 0.7 && depth > 1) return this.fragment(type, depth, nodes);
    return this.field(type, depth, nodes);
  }

  fragment(type, depth, nodes) {
    const target = isAbstractType(type) && this.chance.is(0.8) ? this.chance.of(this.schema.getPossibleTypes(type)) : type;
    const set = this.set(target, depth - 1, nodes);
    const roll = this.chance.next();
    if (roll < 0.4) {
      const name = `F${(this.names += 1)}`;
      this.fragments.push(`fragment ${name} on ${target.name} ${set}`);
      // Once in a document, so that what it costs is at most doubled.
      const isTwice = !this.isTwice && this.chance.is(0.2);
      this.isTwice ||= isTwice;
      return `...${name}${this.directives()}${isTwice ? ` ...${name}` : ""}`;
    }
    return roll < 0.5 && target === type ? `...${this.directives()} ${set}` : `... on ${target.name}${this.directives()} ${set}`;
  }

  field(type, depth, nodes) {
    const fields = Object.values(type.getFields?.() ?? {}).filter((each) => {
      if (COSTLY.has(each.name)) return false;
      const pages = each.args.some(({ name }) => name === "first");
      return depth > 1 ? nodes * (pages ? 3 : 1) <= NODES : !isCompositeType(getNamedType(each.type));
    });
    if (!fields.length) return "__typename";
    const field = this.chance.of(fields);
    this.left.fields -= 1;
    const pages = field.args.some(({ name }) => name === "first");
    // With arguments it may come again with others: then it needs a name of its own.
    const alias = this.alias(field.args.length ? 1 : 0.15);
    if (field.args.length && !alias) return "__typename";
    const given = this.arguments(field, pages && nodes);
    const named = getNamedType(field.type);
    const set = isCompositeType(named) ? ` ${this.set(named, depth - 1, nodes * (pages ? 3 : 1))}` : "";
    return `${alias}${field.name}${given}${this.directives()}${set}`;
  }

  alias(likelihood) {
    if (this.left.aliases <= 0 || !this.chance.is(likelihood)) return "";
    this.left.aliases -= 1;
    return `a${(this.names += 1)}: `;
  }

  directives() {
    if (this.left.directives <= 0 || !this.chance.is(0.12)) return "";
    this.left.directives -= 1;
    const name = this.chance.of(["skip", "include"]);
    const value = this.chance.is(0.8) === (name === "include");
    return ` @${name}(if: ${this.chance.is(0.4) ? this.variable("Boolean!", value) : value})`;
  }

  variable(type, value) {
    const name = `v${(this.names += 1)}`;
    const isDefault = this.chance.is(0.3) && value !== null;
    this.definitions.push(`$${name}: ${type}${isDefault ? ` = ${literal(value)}` : ""}`);
    if (!isDefault) this.variables[name] = plain(value);
    return `$${name}`;
  }

  /** The arguments of a field; for one with pages, how many nodes it lies under. */
  arguments(field, nodes) {
    const given = [];
    const isBad = nodes <= 3 && this.bad();
    if (nodes) given.push(`${this.chance.of(["first", "first", "last"])}: ${isBad ? -1 : 1 + this.chance.below(3)}`);
    for (const each of field.args) {
      if (["first", "last", "after", "before"].includes(each.name)) continue;
      if (!isRequiredArgument(each) && this.chance.is(0.5)) continue;
      const value = this.value(each.type, each.name, field);
      given.push(`${each.name}: ${this.chance.is(0.4) ? this.variable(String(each.type), value) : literal(value)}`);
    }
    return given.length ? `(${given.join(", ")})` : "";
  }

  /** Whether something is asked that fails. */
  bad() {
    return this.chance.is(0.05);
  }

  value(type, name, field) {
    if (!isNonNullType(type) && this.chance.is(0.1)) return null;
    const inner = getNullableType(type);
    if (isListType(inner)) return Array.from({ length: this.chance.below(3) }, () => this.value(inner.ofType, name, field));
    if (isEnumType(inner)) return new Word(this.chance.of(inner.getValues()).name);
    if (isInputObjectType(inner)) return this.object(inner);
    return this.leaf(inner.name, name, field);
  }

  object(type) {
    const fields = Object.values(type.getFields());
    const given = type.isOneOf ? [this.chance.of(fields)] : fields.filter((each) => isRequiredInputField(each) || this.chance.is(0.3));
    return Object.fromEntries(given.map((each) => [each.name, this.value(each.type, each.name, type)]));
  }

  leaf(kind, name, field) {
    const { thread, other, posts, tool, method, region, person, delegation } = this.scene;
    const ids = {
      thread: [thread, other], tools: [tool, "wipo-ipas"], methods: [method], regions: [region], delegationId: [delegation], delegations: [delegation], id: [thread, posts[0], person],
    };
    switch (kind) {
      case "ID": return this.chance.of(this.bad() ? ["nowhere"] : ids[field.name] ?? ids[name] ?? ids.id);
      case "Int": return this.chance.below(8);
      case "Boolean": return this.chance.is(0.5);
      case "DateTime": return "2026-01-02T03:04:05Z";
      case "UUID": return "00000000-0000-4000-8000-000000000000";
      default: return this.chance.of(["training", "é", "a \"quote\"", "😀"]);
    }
  }
}

/** A value of an enum, which a literal has without quotes. */
class Word {
  constructor(name) {
    this.name = name;
  }
}

function plain(value) {
  if (value instanceof Word) return value.name;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  return value;
}

function literal(value) {
  if (value instanceof Word) return value.name;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value) return `{ ${Object.entries(value).map(([key, each]) => `${key}: ${literal(each)}`).join(", ")} }`;
  return JSON.stringify(value);
}

const name = (value) => ({ kind: Kind.NAME, value });
const other = {
  [Kind.INT]: { kind: Kind.STRING, value: "1" }, [Kind.STRING]: { kind: Kind.ENUM, value: "WORD" }, [Kind.ENUM]: { kind: Kind.STRING, value: "WORD" },
  [Kind.BOOLEAN]: { kind: Kind.INT, value: "1" }, [Kind.NULL]: { kind: Kind.LIST, values: [{ kind: Kind.NULL }] },
  [Kind.LIST]: { kind: Kind.OBJECT, fields: [] }, [Kind.OBJECT]: { kind: Kind.LIST, values: [{ kind: Kind.LIST, values: [] }] },
  [Kind.VARIABLE]: { kind: Kind.VARIABLE, name: name("undefined") },
};
const skip = { kind: Kind.DIRECTIVE, name: name("skip"), arguments: [{ kind: Kind.ARGUMENT, name: name("if"), value: { kind: Kind.BOOLEAN, value: false } }] };

/** What can be changed in a node, each making another node of it. */
const CHANGES = {
  [Kind.FIELD]: [
    (node) => ({ ...node, name: name(`${node.name.value}s`) }),
    (node) => ({ ...node, arguments: [] }),
    (node) => ({ ...node, alias: name("id") }),
    (node) => ({ ...node, arguments: [...node.arguments, ...node.arguments] }),
    (node) => ({ ...node, selectionSet: node.selectionSet ? undefined : { kind: Kind.SELECTION_SET, selections: [{ kind: Kind.FIELD, name: name("id") }] } }),
    (node) => ({ ...node, directives: [...node.directives, skip, skip] }),
  ],
  [Kind.ARGUMENT]: [
    (node) => ({ ...node, name: name("argument") }),
    (node) => ({ ...node, value: other[node.value.kind] ?? node.value }),
    (node) => ({ ...node, value: { kind: Kind.NULL } }),
  ],
  [Kind.OBJECT_FIELD]: [(node) => ({ ...node, name: name("colour") }), (node) => ({ ...node, value: other[node.value.kind] ?? node.value })],
  [Kind.OBJECT]: [(node) => ({ ...node, fields: [...node.fields, ...node.fields] })],
  [Kind.FRAGMENT_SPREAD]: [(node) => ({ ...node, name: name("Nothing") })],
  [Kind.INLINE_FRAGMENT]: [(node) => ({ ...node, typeCondition: { kind: Kind.NAMED_TYPE, name: name("PageInfo") } })],
  [Kind.FRAGMENT_DEFINITION]: [
    (node) => ({ ...node, typeCondition: { kind: Kind.NAMED_TYPE, name: name("String") } }),
    (node) => ({ ...node, directives: [skip] }),
    (node) => ({ ...node, selectionSet: { ...node.selectionSet, selections: [{ kind: Kind.FRAGMENT_SPREAD, name: node.name }] } }),
  ],
  [Kind.VARIABLE_DEFINITION]: [
    (node) => ({ ...node, type: { kind: Kind.NAMED_TYPE, name: name("String") } }),
    (node) => ({ ...node, type: { kind: Kind.NAMED_TYPE, name: name("Viewer") } }),
    (node) => ({ ...node, variable: { ...node.variable, name: name("unused") } }),
    (node) => ({ ...node, defaultValue: { kind: Kind.OBJECT, fields: [] } }),
  ],
  [Kind.DIRECTIVE]: [(node) => ({ ...node, name: name("nothing") }), (node) => ({ ...node, arguments: [] })],
  [Kind.OPERATION_DEFINITION]: [(node) => ({ ...node, directives: [skip] })],
};

/** The same document with one thing in it changed. */
function change(query, chance) {
  const document = parse(query);
  const places = [];
  visit(document, { enter: (node) => void (CHANGES[node.kind] && places.push(node)) });
  // Kinds are chosen first: there are many more fields than anything else.
  const kind = chance.of([...new Set(places.map((node) => node.kind))]);
  const place = chance.of(places.filter((node) => node.kind === kind));
  const made = chance.of(CHANGES[kind])(place);
  return print(visit(document, { enter: (node) => (node === place ? made : undefined), leave: () => undefined }));
}
