#' A file of an export
#'
#' Saves a file of a whole revision. An unfinished download is kept beside it as \code{<path>.part}
#' and resumed the next time; the file only gets its name once its SHA-256 matches the manifest.
#'
#' @param ledger What \code{\link{ledger}} gives.
#' @param revision Number of the revision.
#' @param file Name of the file, as in \code{get_export(ledger, revision)$files}.
#' @param path Where to save it.
#' @return The path, invisibly.
#' @examples
#' \dontrun{get_export_file(ledger("http://localhost:8000"), 1, "waves.parquet")}
#' @export
get_export_file <- function(ledger, revision, file, path = file) {
  files <- get_export(ledger, revision)$files
  wanted <- files[files$name == file, ]
  if (nrow(wanted) != 1) stop("revision ", revision, " has no file ", file, call. = FALSE)
  part <- paste0(path, ".part")
  for (try in seq_len(ledger$max_tries)) {
    from <- if (file.exists(part)) file.size(part) else 0
    if (from > wanted$bytes) {
      unlink(part)
      from <- 0
    }
    if (from == wanted$bytes) break
    failure <- tryCatch(
      append_rest(ledger, wanted, part, from),
      httr2_failed = identity,
      error = function(condition) if (inherits(condition, "ledger_problem")) stop(condition) else condition
    )
    if (inherits(failure, "condition") && try == ledger$max_tries) stop(failure)
  }
  found <- digest_of(part)
  if (found != wanted$sha256) {
    # Do not resume from wrong bytes.
    unlink(part)
    stop(structure(
      class = c("ledger_checksum", "error", "condition"),
      list(
        message = sprintf("%s has the SHA-256 %s and not %s", file, found, wanted$sha256),
        call = NULL
      )
    ))
  }
  if (!file.rename(part, path)) stop("cannot write ", path, call. = FALSE)
  invisible(path)
}

# Request what is missing, and append it as it arrives, so that a broken connection loses nothing.
append_rest <- function(ledger, wanted, part, from) {
  asked <- tried(ledger, httr2::request(wanted$url))
  if (from > 0) {
    asked <- httr2::req_headers(
      asked,
      Range = sprintf("bytes=%.0f-", from),
      `If-Range` = sprintf("\"%s\"", wanted$sha256)
    )
  }
  target <- file(part, if (from > 0) "ab" else "wb")
  on.exit(close(target))
  # httr2 renamed this function in 1.0.
  newer <- "req_perform_stream" %in% getNamespaceExports("httr2")
  stream <- getExportedValue("httr2", if (newer) "req_perform_stream" else "req_stream")
  answer <- stream(asked, function(bytes) {
    writeBin(bytes, target)
    TRUE
  }, timeout_sec = ledger$max_seconds)
  if (httr2::resp_status(answer) >= 400) {
    # The streamed bytes are not part of the file.
    close(target)
    on.exit()
    unlink(part)
    stop(problem_of(answer))
  }
  NULL
}

digest_of <- function(path) {
  opened <- file(path, "rb")
  on.exit(close(opened))
  paste(as.character(openssl::sha256(opened)), collapse = "")
}

#' A table of an export as a data frame
#'
#' Reads a whole table of a revision from its CSV, with the column types that the revision's
#' \code{datapackage.json} declares: one request instead of many pages, and flat columns only.
#'
#' @param ledger What \code{\link{ledger}} gives.
#' @param table Name of the table, such as \code{"waves"}.
#' @param revision Number of the revision; by default that of the session, or else the newest one.
#' @return A data frame. Columns of lists are list columns of character vectors.
#' @examples
#' \dontrun{read_export(ledger("http://localhost:8000"), "waves")}
#' @export
read_export <- function(ledger, table, revision = NULL) {
  if (is.null(revision)) revision <- list_exports(ledger)$newest$revision
  folder <- tempfile("export")
  dir.create(folder)
  on.exit(unlink(folder, recursive = TRUE))
  described <- jsonlite::fromJSON(
    get_export_file(ledger, revision, "datapackage.json", file.path(folder, "datapackage.json")),
    simplifyVector = FALSE
  )
  resource <- Filter(function(one) identical(one$path, paste0(table, ".csv")), described$resources)
  if (length(resource) != 1) stop("revision ", revision, " has no table ", table, call. = FALSE)
  path <- file.path(folder, "table.csv")
  get_export_file(ledger, revision, paste0(table, ".csv"), path)
  # Only an empty field is unknown: "NA" is a country code.
  read <- utils::read.csv(
    path,
    colClasses = "character", na.strings = "", encoding = "UTF-8", fileEncoding = "UTF-8-BOM",
    check.names = FALSE
  )
  for (field in resource[[1]]$schema$fields) {
    read[[field$name]] <- declared(read[[field$name]], field)
  }
  attr(read, "meta") <- get_export(ledger, revision)[c("revision", "published_at", "license")]
  read
}

# A column, converted to its declared type.
declared <- function(column, field) {
  switch(field$type,
    integer = ,
    number = as.numeric(column),
    boolean = as.logical(column),
    date = as.Date(column),
    list = lapply(strsplit(column, field$delimiter, fixed = TRUE), function(one) one[!is.na(one)]),
    column
  )
}
