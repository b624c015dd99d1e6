// Make src/generated/ from the OpenAPI document: its types (openapi-typescript), a name for each
// record, a method for each operation, and a class for each code of a problem. Nothing of it is
// committed, so that it cannot differ from the document: `npm run generate`.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const document = JSON.parse(await readFile(process.argv[2], "utf8"));
const folder = new URL("src/generated/", import.meta.url);
const HEAD = "// Made by generate.mjs of the OpenAPI document: change that, not this.\n";

/** Follow a reference within the document. */
const resolve = (part) =>
  part.$ref === undefined
    ? part
    : resolve(part.$ref.slice(2).split("/").reduce((found, key) => found[key], document));

/** list_waves → ListWaves */
const pascal = (name) => name.replace(/(^|_)([a-z])/g, (_, __, letter) => letter.toUpperCase());
const camel = (name) => pascal(name).replace(/^./, (letter) => letter.toLowerCase());

// Answers as JSON only: with CSV beside it, each answer would be typed as a union with text.
for (const { get } of Object.values(document.paths)) {
  for (const answer of Object.values(get.responses)) {
    for (const type of Object.keys(answer.content ?? {})) {
      if (!/^application\/(problem\+)?json$/.test(type)) delete answer.content[type];
    }
  }
}

const methods = [];
const dated = [];
for (const [path, { get }] of Object.entries(document.paths)) {
  const id = get.operationId;
  const parameters = (get.parameters ?? []).map(resolve);
  const query = parameters.filter((one) => one.in === "query");
  if (query.some((one) => one.name === "as_of")) dated.push(path);
  const answer = resolve(get.responses["200"]).content?.["application/json"]?.schema;
  // A file of an export is no JSON: src/ledger.ts has it, with its checksum.
  if (answer?.$ref === undefined) continue;
  const paged = query.some((one) => one.name === "cursor");
  const arguments_ = parameters
    .filter((one) => one.in === "path")
    .map(({ name }) => `${name}: Path<"${id}">["${name}"]`);
  const names = parameters.filter((one) => one.in === "path").map((one) => one.name);
  const optional = query.some((one) => one.required) ? "" : " = {}";
  if (query.length > 0) arguments_.push(`query: Query<"${id}">${optional}`);
  const within = names.length > 0 ? `path: { ${names.join(", ")} }, ` : "";
  const ask = (asked) => `this.client.GET("${path}", { params: { ${within}${asked} } })`;
  const body = paged
    ? `return new Pages((cursor) => answered(${ask("query: { ...query, ...cursor }")}));`
    : `return answered(${ask(query.length > 0 ? "query" : "")});`;
  const type = paged ? `Pages<Answer<"${id}">>` : `Promise<Answer<"${id}">>`;
  methods.push(`
  /**
   * ${get.summary}.
   *
   * ${(get.description ?? "").replaceAll("*/", "").replaceAll("\n", "\n   * ")}
   */
  ${camel(id)}(${arguments_.join(", ")}): ${type} {
    ${body}
  }`);
}

const codes = document.components.schemas.Problem.properties.code.examples;
const classes = codes.map(
  (code) => `
/** The service answered with the problem \`${code}\`. */
export class ${pascal(code)}Error extends LedgerError {}`,
);

await mkdir(folder, { recursive: true });
await writeFile(new URL("schema.ts", folder), HEAD + astToString(await openapiTS(document)));
const records = Object.keys(document.components.schemas).map(
  (name) => `export type ${name} = components["schemas"]["${name}"];\n`,
);
await writeFile(
  new URL("records.ts", folder),
  `${HEAD}import type { components } from "./schema.js";\n\n${records.join("")}`,
);
await writeFile(
  new URL("operations.ts", folder),
  `${HEAD}import { type Answer, Operations as Base, type Path, type Query, answered } from "../operation.js";
import { Pages } from "../pages.js";

/** Version of the contract of which this was made. */
export const CONTRACT = ${JSON.stringify(document.info.version)};

/** The paths that can be asked as of a revision. */
export const DATED: ReadonlySet<string> = new Set(${JSON.stringify(dated, undefined, 2)});

/** A method for each operation of the document that answers with JSON. */
export class Operations extends Base {${methods.join("\n")}
}
`,
);
await writeFile(
  new URL("problems.ts", folder),
  `${HEAD}import { LedgerError } from "../problem.js";
${classes.join("\n")}

/** The class of each code that the document knows; more codes may come. */
export const PROBLEMS: Readonly<Record<string, typeof LedgerError>> = {
${codes.map((code) => `  ${code}: ${pascal(code)}Error,`).join("\n")}
};
`,
);
console.log(`${methods.length} operations, ${codes.length} problems`);
