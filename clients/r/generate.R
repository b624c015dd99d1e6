# Make package/R/operations.R from the OpenAPI document: a documented function for each operation.
# It is not committed, so that it cannot differ from the document: `Rscript generate.R openapi.json`.
arguments <- commandArgs(trailingOnly = TRUE)
document <- jsonlite::fromJSON(arguments[[1]], simplifyVector = FALSE)

# Follow a reference within the document.
resolve <- function(part) {
  if (is.null(part$`$ref`)) return(part)
  steps <- strsplit(sub("^#/", "", part$`$ref`), "/", fixed = TRUE)[[1]]
  resolve(Reduce(function(found, step) found[[step]], steps, document))
}

# Text for Rd: what it reads as a command is text, what stands in backticks is code.
rd <- function(text) {
  text <- gsub("([\\\\%{}])", "\\\\\\1", gsub("@", "@@", text, fixed = TRUE))
  text <- gsub("\\[([^]]+)\\]\\([^)]+\\)", "\\1", text)
  gsub("`([^`]+)`", "\\\\code{\\1}", text)
}
comment <- function(text) paste0("#' ", strsplit(text, "\n", fixed = TRUE)[[1]])

# What a function does not offer: its answers are JSON, and it walks by itself.
OWN <- c("format", "bom", "cursor")
# Which functions are written by hand.
BY_HAND <- "get_export_file"

# `search` is a function of R's own that nobody wants masked.
name_of <- function(id) if (exists(id, baseenv())) paste0(id, "_ledger") else id

function_of <- function(path, operation) {
  id <- name_of(operation$operationId)
  parameters <- lapply(operation$parameters, resolve)
  names(parameters) <- vapply(parameters, function(one) one$name, "")
  places <- vapply(parameters, function(one) one$`in`, "")
  in_path <- parameters[places == "path"]
  query <- parameters[places == "query" & !names(parameters) %in% OWN]
  schema <- resolve(operation$responses$`200`$content$`application/json`$schema)
  paged <- "cursor" %in% names(parameters)
  table <- identical(schema$properties$data$type, "array")
  needed <- vapply(query, function(one) isTRUE(one$required), NA)
  query <- c(query[needed], query[!needed])
  signature <- c(
    "ledger",
    names(in_path),
    names(query)[sort(needed, decreasing = TRUE)],
    sprintf("%s = NULL", names(query)[!sort(needed, decreasing = TRUE)]),
    if (paged) "n = Inf"
  )
  given <- function(names) sprintf("list(%s)", paste(sprintf("%s = %s", names, names), collapse = ", "))
  ask <- if (paged) "ask_pages" else if (table) "ask_table" else "ask_record"
  documented <- function(one) comment(sprintf("@param %s %s", one$name, rd(one$description)))
  c(
    comment(sprintf("%s", rd(operation$summary))),
    "#'",
    comment(rd(if (is.null(operation$description)) operation$summary else operation$description)),
    "#'",
    "#' @param ledger What \\code{\\link{ledger}} gives.",
    unlist(lapply(c(in_path, query), documented)),
    if (paged) "#' @param n Most rows; all of them if left out.",
    if (table) {
      comment(paste(
        "@return A data frame with a row for each record, as \\code{\\link{ledger}} says;",
        "its attribute \\code{meta} has the count, the revision and the licence."
      ))
    } else {
      "#' @return A list with the fields of the record."
    },
    if (paged) "#' @examples" ,
    if (paged) sprintf("#' \\dontrun{%s(ledger(\"http://localhost:8000\"), n = 5)}", id),
    "#' @export",
    sprintf("%s <- function(%s) {", id, paste(signature, collapse = ", ")),
    sprintf(
      "  %s(ledger, \"%s\", %s, %s%s)",
      ask, path, given(names(in_path)), given(names(query)), if (paged) ", n" else ""
    ),
    "}",
    ""
  )
}

operations <- Filter(function(one) !one$get$operationId %in% BY_HAND, document$paths)
lines <- unlist(Map(function(path, item) function_of(path, item$get), names(operations), operations))
dated <- Filter(
  function(item) "as_of" %in% vapply(item$get$parameters, function(one) resolve(one)$name, ""),
  document$paths
)
writeLines(
  c(
    "# Made by generate.R of the OpenAPI document: change that, not this.",
    sprintf("CONTRACT <- \"%s\"", document$info$version),
    sprintf("DATED <- c(%s)", paste(sprintf("\"%s\"", names(dated)), collapse = ", ")),
    "",
    lines
  ),
  "package/R/operations.R"
)
cat(length(operations), "operations\n")
