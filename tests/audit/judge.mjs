// Judges an answer by the schema and the request alone, with graphql-js: whether the request is to be executed or refused,
// and if executed, whether the answer is one that the specification allows.

import {
  GraphQLError, getArgumentValues, getLocation, getNamedType, getOperationAST, getVariableValues, isAbstractType, isCompositeType,
  isEnumType, isListType, isNonNullType, Kind, MaxIntrospectionDepthRule, parse, specifiedRules, validate,
} from "graphql";
import { collectFields, collectSubfields } from "graphql/execution/collectFields.js";
import { getFieldDef } from "graphql/execution/execute.js";

const INT_LIMIT = 2 ** 31;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const SCALARS = {
  Int: (value) => Number.isInteger(value) && value >= -INT_LIMIT && value < INT_LIMIT,
  Float: (value) => typeof value === "number",
  String: (value) => typeof value === "string",
  ID: (value) => typeof value === "string",
  Boolean: (value) => typeof value === "boolean",
  DateTime: (value) => typeof value === "string" && MOMENT.test(value) && !Number.isNaN(Date.parse(value)),
  UUID: (value) => typeof value === "string" && UUID.test(value),
};

/** The rules of the specification: without the one that graphql-js adds of its own. */
export const rules = specifiedRules.filter((rule) => rule !== MaxIntrospectionDepthRule);

/** What the specification says about a request: `{ refusal }`, or the chosen operation with its coerced variables. */
export function verdict(schema, { query, variables, operationName }) {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return { refusal: error.message };
    throw error;
  }
  const [invalid] = validate(schema, document, rules);
  if (invalid) return { refusal: invalid.message };
  const operation = getOperationAST(document, operationName);
  if (!operation) return { refusal: "The operation is not chosen." };
  const { errors, coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {});
  if (errors) return { refusal: errors[0].message };
  const fragments = {};
  for (const each of document.definitions) if (each.kind === Kind.FRAGMENT_DEFINITION) fragments[each.name.value] = each;
  return { kind: operation.operation, operation, fragments, variables: coerced };
}

/** What is wrong with the answer to a request that is to be refused. */
export function judgeRefusal(answer) {
  const problems = judgeForm(answer);
  if ("data" in answer) problems.push(`it has data: ${brief(answer.data)}`);
  if (!answer.errors) problems.push("it has no errors");
  return problems;
}

/** What is wrong with the answer to a request that is to be executed. */
export function judgeAnswer(schema, decided, answer) {
  const problems = judgeForm(answer);
  if (!("data" in answer)) return [...problems, `it is refused: ${brief(answer.errors?.[0]?.message)}`];
  const errors = answer.errors ?? [];
  const walk = new Walk(schema, decided, errors);
  const found = walk.root(answer.data);
  problems.push(...found.problems);
  for (const error of errors) {
    if (!found.used.has(error)) problems.push(`the error at ${brief(error.path)} leads to no null: ${brief(error.message)}`);
  }
  return problems;
}

/** What is wrong with the form of an answer, whatever was asked. */
function judgeForm(answer) {
  const problems = [];
  const only = (value, keys, what) => {
    for (const key of Object.keys(value)) if (!keys.includes(key)) problems.push(`${what} has a key ${key}`);
  };
  only(answer, ["data", "errors", "extensions"], "the answer");
  if (!("errors" in answer)) return problems;
  if (!Array.isArray(answer.errors) || !answer.errors.length) return [...problems, "errors is an empty list"];
  for (const error of answer.errors) {
    const { message, locations = [], path = [], extensions } = error;
    only(error, ["message", "locations", "path", "extensions"], "an error");
    if (typeof message !== "string" || !message) problems.push("an error has no message");
    const isPlace = ({ line, column }) => Number.isInteger(line) && line > 0 && Number.isInteger(column) && column > 0;
    if (!Array.isArray(locations) || !locations.every(isPlace)) problems.push(`locations are ${brief(locations)}`);
    if ("locations" in error && !locations.length) problems.push("locations is an empty list");
    const isStep = (step) => typeof step === "string" || (Number.isInteger(step) && step >= 0);
    if (!Array.isArray(path) || !path.every(isStep)) problems.push(`a path is ${brief(path)}`);
    if (!/^[A-Z][A-Z_]+$/.test(extensions?.code ?? "")) problems.push(`an error has the code ${brief(extensions?.code)}`);
    if (extensions?.code === "INTERNAL") problems.push(`an error is INTERNAL at ${brief(error.path)}`);
  }
  return problems;
}

/** An answer's data beside what the document asks for. Each step answers `{ problems, used }`, with the errors that it explains. */
class Walk {
  constructor(schema, { operation, fragments, variables }, errors) {
    Object.assign(this, { schema, operation, fragments, variables, errors });
  }

  root(data) {
    const type = this.schema.getRootType(this.operation.operation);
    let fields;
    try {
      fields = collectFields(this.schema, this.fragments, this.variables, type, this.operation.selectionSet);
    } catch {
      // A directive whose condition is null: nothing can be collected.
      return none(data === null ? [] : ["data is not null though its fields cannot be collected"], this.errors);
    }
    if (data === null) return this.nothing([], (rest) => this.reaches(type, fields, rest));
    return this.object(type, fields, data, []);
  }

  object(type, fields, value, path) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return none([`${at(path)} is no object: ${brief(value)}`]);
    const [is, wanted] = [Object.keys(value), [...fields.keys()]];
    if (is.join() !== wanted.join()) return none([`${at(path)} has the keys [${is}] and not [${wanted}]`]);
    return all(wanted.map((key) => this.field(type, fields.get(key), value[key], [...path, key])));
  }

  field(parent, nodes, value, path) {
    const name = nodes[0].name.value;
    if (name === "__typename") return none(value === parent.name ? [] : [`${at(path)} is ${brief(value)} and not ${parent.name}`]);
    const field = getFieldDef(this.schema, parent, nodes[0]);
    if (!this.takesArguments(field, nodes[0])) {
      const failed = this.errors.some((error) => at(error.path) === at(path));
      if (value !== null || !failed) return none([`${at(path)} is not failed by its arguments`]);
    }
    return this.complete(field.type, nodes, value, path);
  }

  takesArguments(field, node) {
    try {
      getArgumentValues(field, node, this.variables);
      return true;
    } catch {
      return false;
    }
  }

  complete(type, nodes, value, path) {
    if (isNonNullType(type)) {
      if (value === null) return none([`${at(path)} is null, and its type is ${type}`]);
      return this.complete(type.ofType, nodes, value, path);
    }
    if (value === undefined) return none([`${at(path)} is missing`]);
    if (value === null) return this.nothing(path, (rest) => this.descends(type, nodes, rest));
    if (isListType(type)) {
      if (!Array.isArray(value)) return none([`${at(path)} is no list: ${brief(value)}`]);
      return all(value.map((each, index) => this.complete(type.ofType, nodes, each, [...path, index])));
    }
    if (isEnumType(type)) {
      return none(type.getValue(value) ? [] : [`${at(path)} is ${brief(value)}, which ${type} does not have`]);
    }
    if (!isCompositeType(type)) {
      const holds = SCALARS[type.name] ?? ((leaf) => typeof leaf !== "object");
      return none(holds(value) ? [] : [`${at(path)} is ${brief(value)} and no ${type}`]);
    }
    // Without `__typename` the type can only be told by what fits.
    const outcomes = this.possible(type).map((each) => {
      try {
        return this.object(each, this.subfields(each, nodes), value, path);
      } catch {
        return none([`${at(path)} is not null though its fields cannot be collected`]);
      }
    });
    return outcomes.reduce((best, each) => (each.problems.length < best.problems.length ? each : best));
  }

  /** A null: right when nothing failed there, or when an error beneath rises to it. Others beneath may have made nulls that it took away. */
  nothing(path, reaches) {
    const beneath = this.errors.filter((error) => Array.isArray(error.path) && at(error.path.slice(0, path.length)) === at(path));
    const problems = [];
    if (!path.length && !beneath.length) problems.push("data is null without an error");
    const rising = beneath.map((error) => ({ error, nodes: reaches(error.path.slice(path.length)) })).filter(({ nodes }) => nodes);
    if (beneath.length && !rising.length) {
      const failed = beneath.map((error) => at(error.path)).join(", ");
      problems.push(`${at(path)} is null, and is not the nearest nullable parent of what failed: ${failed}`);
    }
    for (const { error, nodes } of rising) {
      if (!this.isLocated(error, nodes)) problems.push(`the error at ${at(error.path)} has the locations ${brief(error.locations)}`);
    }
    return none(problems, beneath);
  }

  isLocated({ locations }, nodes) {
    if (!nodes.length) return true;
    // The beginning of the field, or of its name after another one.
    const places = nodes.flatMap((node) => [node, node.name].flatMap(({ loc }) => placesOf(loc)));
    return Boolean(locations?.length) && locations.every((one) => places.some((place) => place.line === one.line && place.column === one.column));
  }

  /** The nodes of the field at the end of a path, when everything on the way after the first step of a null is non-null. */
  descends(type, nodes, rest) {
    if (!rest.length) return nodes;
    const [step, ...further] = rest;
    if (isListType(type)) {
      if (typeof step !== "number" || !isNonNullType(type.ofType)) return null;
      return this.descends(type.ofType.ofType, nodes, further);
    }
    if (!isCompositeType(type)) return null;
    for (const each of this.possible(type)) {
      let fields;
      try {
        fields = this.subfields(each, nodes);
      } catch {
        continue;
      }
      const found = this.reaches(each, fields, rest);
      if (found) return found;
    }
    return null;
  }

  reaches(type, fields, [step, ...further]) {
    const nodes = fields.get(step);
    if (!nodes) return null;
    const field = getFieldDef(this.schema, type, nodes[0]);
    return isNonNullType(field.type) ? this.descends(field.type.ofType, nodes, further) : null;
  }

  possible(type) {
    const named = getNamedType(type);
    return isAbstractType(named) ? this.schema.getPossibleTypes(named) : [named];
  }

  subfields(type, nodes) {
    return collectSubfields(this.schema, this.fragments, this.variables, type, nodes);
  }
}

/** Where something begins: the specification does not say whether columns count UTF-16 units or characters. */
function placesOf({ source, start }) {
  const { line, column } = getLocation(source, start);
  const before = source.body.slice(start - column + 1, start);
  return [{ line, column }, { line, column: [...before].length + 1 }];
}

const none = (problems, used = []) => ({ problems, used: new Set(used) });
const all = (outcomes) => ({
  problems: outcomes.flatMap(({ problems }) => problems),
  used: new Set(outcomes.flatMap(({ used }) => [...used])),
});
const at = (path) => (path?.length ? path.join(".") : "the root");

/** A value in a message. */
export function brief(value) {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
