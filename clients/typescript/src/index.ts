// The public interface of this package.
export { CONTRACT } from "./generated/operations.js";
export * from "./generated/problems.js";
// If a name is also exported below, that export takes precedence.
export type * from "./generated/records.js";
export type { components, operations, paths } from "./generated/schema.js";
export { type ExportFile, Ledger, type LedgerOptions } from "./ledger.js";
export type { Answer, Path, Query } from "./operation.js";
export { type Page, Pages, type Row } from "./pages.js";
export { ChecksumError, LedgerError, type Problem, UnreachableError } from "./problem.js";
export type { TransportOptions } from "./transport.js";
