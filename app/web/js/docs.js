/** The API's own description (OpenAPI 3.1), for a person to read. */

import { fill, h } from "./dom.js";

/** @typedef {Record<string, any>} Schema as JSON Schema 2020-12 has it */
/** @typedef {{path: string, verb: string, operation: Schema}} Route */

const LIMITS = {
  minimum: "at least", exclusiveMinimum: "more than", maximum: "at most", exclusiveMaximum: "less than",
  minLength: "characters at least", maxLength: "characters at most",
  minItems: "entries at least", maxItems: "entries at most", pattern: "like", default: "default",
};

const main = /** @type {HTMLElement} */ (document.getElementById("main"));

/** @param {Schema} api */
function show(api) {
  const routes = routesOf(api);
  const tags = [...new Set(routes.map(tagOf))];
  fill(
    main,
    h("h1", {}, "The API"),
    h("p", { class: "lead" }, api.info.description),
    h("p", {}, "Send ", h("code", {}, "Authorization: Bearer …"), " with the token that ",
      h("code", {}, "gomeet user token"), " prints. Errors are problem documents (RFC 9457); what is ",
      "read carries a strong ETag. Programs read ", h("a", { href: "openapi.json" }, "openapi.json"), "."),
    h("nav", { class: "jumps", "aria-label": "Parts" },
      [...tags, "objects"].map((tag) => h("a", { href: `#${tag}` }, tag))),
    tags.map((tag) => h("section", { id: tag }, h("h2", {}, tag),
      routes.filter((route) => tagOf(route) === tag).map(routeCard))),
    h("section", { id: "objects" }, h("h2", {}, "objects"),
      Object.entries(api.components.schemas)
        .filter(([name]) => !name.includes("ValidationError"))
        .map(([name, schema]) => objectCard(name, schema))),
  );
  main.setAttribute("aria-busy", "false");
  openNamed();
}

/** @param {Schema} api @returns {Route[]} */
function routesOf(api) {
  return Object.entries(api.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ path, verb, operation })));
}

/** @param {Route} route @returns {string} */
const tagOf = (route) => route.operation.tags?.[0] ?? "other";

/** @param {Route} route */
function routeCard({ path, verb, operation }) {
  const body = operation.requestBody?.content["application/json"].schema;
  return h("details", { class: "card" },
    h("summary", {}, h("span", {}, h("span", { class: `verb ${verb}` }, verb.toUpperCase()),
      h("code", {}, breakable(path)), h("small", {}, operation.summary))),
    h("div", { class: "inside" },
      operation.description && prose(operation.description),
      !operation.security && h("p", { class: "hint" }, "Needs no token."),
      part("Parameters", (operation.parameters ?? []).map(parameter)),
      body && part("Body", [h("li", {}, typeOf(body))]),
      part("Answers", Object.entries(operation.responses).map(answer))));
}

/** A path that breaks before its slashes. @param {string} path */
function breakable(path) {
  return path.split("/").flatMap((part, index) => (index > 1 ? [h("wbr"), `/${part}`] : index ? [`/${part}`] : []));
}

/** Our descriptions quote code in backticks. @param {string} words */
function prose(words) {
  return h("p", {}, words.split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part)));
}

/** @param {string} heading @param {HTMLElement[]} rows */
function part(heading, rows) {
  return rows.length > 0 && h("div", {}, h("h3", {}, heading), h("ul", { class: "fields" }, rows));
}

/** @param {Schema} given */
function parameter(given) {
  return field(given.name, given.schema, given.required && "needed", given.description);
}

/** @param {[string, Schema]} entry */
function answer([status, response]) {
  const schema = Object.values(response.content ?? {})[0]?.schema;
  const says = schema?.$ref || schema?.type ? typeOf(schema) : response.description;
  return h("li", {}, h("b", {}, status), says);
}

/** @param {string} name @param {Schema} schema */
function objectCard(name, schema) {
  const needed = schema.required ?? [];
  return h("details", { class: "card object", id: name },
    h("summary", {}, h("span", {}, name)),
    h("div", { class: "inside" },
      schema.description && prose(schema.description),
      h("ul", { class: "fields" }, Object.entries(schema.properties ?? {}).map(([key, value]) =>
        field(key, value, needed.includes(key) && "always", value.description)))));
}

/** @param {string} name @param {Schema} schema @param {string|false} needed @param {string} [says] */
function field(name, schema, needed, says) {
  const hints = [says, ...[schema, ...(schema.anyOf ?? [])].map(limits)].filter(Boolean);
  return h("li", {}, h("b", {}, name), h("em", {}, typeOf(schema)),
    needed && h("span", { class: "needed" }, needed),
    hints.length > 0 && h("span", { class: "hint" }, hints.join("; ")));
}

/** @param {Schema} schema @returns {string} */
function limits(schema) {
  return Object.entries(LIMITS)
    .filter(([key]) => schema[key] !== undefined && !["", "[]"].includes(text(schema[key])))
    .map(([key, words]) => words.startsWith("c") || words.startsWith("e")
      ? `${text(schema[key])} ${words}` : `${words} ${text(schema[key])}`)
    .join(", ");
}

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** @param {Schema} schema @returns {(Node|string)[]} */
function typeOf(schema) {
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return [h("a", { href: `#${name}` }, name)];
  }
  if (schema.anyOf) {
    return schema.anyOf.flatMap((/** @type {Schema} */ one, /** @type {number} */ index) =>
      index > 0 ? [" or ", ...typeOf(one)] : typeOf(one));
  }
  if (schema.enum) return [schema.enum.map((/** @type {unknown} */ value) => text(value) || "nothing").join(" | ")];
  if (schema.type === "array") return ["list of ", ...typeOf(schema.items ?? {})];
  return [schema.format ?? schema.type ?? "anything"];
}

/** Opens what the address names, so that a link to an object shows it. */
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named instanceof HTMLDetailsElement) named.open = true;
  named?.scrollIntoView();
}

addEventListener("hashchange", openNamed);

const response = await fetch("openapi.json").catch(() => null);
if (response?.ok) show(await response.json());
else fill(main, h("h1", {}, "The API"), h("p", {}, "This service does not show its description."));
