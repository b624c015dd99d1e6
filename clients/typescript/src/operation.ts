// What the methods of all operations share. Nothing here is about a particular operation.
import type { Client } from "openapi-fetch";
import type { operations, paths } from "./generated/schema.js";
import { problemOf } from "./errors.js";

/** The parameters of an operation that are in the query. */
export type Query<Name extends keyof operations> = NonNullable<
  operations[Name]["parameters"]["query"]
>;

/** The parameters of an operation that are in its path. */
export type Path<Name extends keyof operations> = NonNullable<
  operations[Name]["parameters"]["path"]
>;

/** The answer of an operation. */
export type Answer<Name extends keyof operations> = operations[Name] extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

/** A client whose requests are typed by their path. */
export abstract class Operations {
  protected constructor(readonly client: Client<paths>) {}
}

/** Return the body of an answer, or throw the error for its problem. */
export async function answered<Body>(
  asked: Promise<{ data?: Body; error?: unknown; response: Response }>,
): Promise<Body> {
  const { data, error, response } = await asked;
  if (!response.ok || data === undefined) throw problemOf(response, error);
  return data;
}
