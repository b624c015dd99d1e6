// What this package offers.
export { CONTRACT } from "./generated/operations.js";
export * from "./generated/problems.js";
// What is exported by name below is taken from there and not from here.
export type * from "./generated/records.js";
export type { components, operations, paths } from "./generated/schema.js";
export { type ExportFile, Ledger, type LedgerOptions } from "./ledger.js";
export type { Answer, Path, Query } from "./operation.js";
export { type Page, Pages, type Row } from "./pages.js";
export { ChecksumError, LedgerError, type Problem, UnreachableError } from "./problem.js";
export type { TransportOptions } from "./transport.js";
