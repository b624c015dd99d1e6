#' A service to query
#'
#' The first argument of every other function: where the service is, and how to query it.
#'
#' @section Data frames:
#' Functions whose names begin with \code{list_}, and those of statistics, return a data frame with a
#' row for each record. Nested fields become columns with the names of their levels joined by
#' \code{_}, as in \code{headcount_low}; lists become list columns. Codes are character vectors, even
#' those made of digits; days (\code{_on}) have the class \code{Date} if every value is a whole day,
#' moments (\code{_at}) are \code{POSIXct} in UTC. Unknown values are \code{NA}. The attribute
#' \code{meta} has the count, the revision and the licence.
#'
#' @section Errors:
#' A problem is a condition with the classes \code{ledger_<code>} (\code{ledger_invalid_parameters},
#' \code{ledger_not_found}, \code{ledger_unknown_revision} …) and \code{ledger_problem}. Its field
#' \code{problem} has the whole answer, and \code{problem$errors} says what was probably meant.
#'
#' @section Requests:
#' They are retried by \code{\link[httr2]{req_retry}} after a broken connection, 429, 502, 503 and
#' 504, with a delay of \code{Retry-After} or one that grows. Answers are cached by
#' \code{\link[httr2]{req_cache}} for as long as the service allows, and then revalidated by their
#' ETag.
#'
#' @param url Address of the service.
#' @param as_of The revision (a number) or day (\code{"2026-11-01"} or a \code{Date}) to which all
#'   answers of a session are pinned, so that they fit together; \code{"newest"} for the revision that
#'   is newest now. By default, each answer comes from the newest revision at that moment.
#' @param max_tries How often a request is tried in total.
#' @param max_seconds How many seconds a request is tried in total.
#' @param timeout Seconds that one attempt may take.
#' @param cache Folder for cached answers; \code{NULL} turns the cache off.
#' @return A list of class \code{ledger}.
#' @examples
#' \dontrun{
#' service <- ledger("http://localhost:8000", as_of = "newest")
#' list_waves(service, company = "meta")
#' }
#' @export
ledger <- function(url, as_of = NULL, max_tries = 5, max_seconds = 120, timeout = 60,
                   cache = tempfile("layoffledger")) {
  made <- structure(
    list(
      url = sub("/+$", "", url),
      as_of = NULL,
      max_tries = max_tries,
      max_seconds = max_seconds,
      timeout = timeout,
      cache = cache
    ),
    class = "ledger"
  )
  if (identical(as_of, "newest")) {
    as_of <- attr(list_revisions(made, n = 1), "meta")$revision
  }
  made$as_of <- as_of
  made
}

#' @export
print.ledger <- function(x, ...) {
  as_of <- if (is.null(x$as_of)) "the newest revision of each moment" else written(x$as_of)
  cat("<layoff ledger> ", x$url, ", as of ", as_of, "\n", sep = "")
  invisible(x)
}

# A value as written in a parameter: several are joined by commas, numbers are written in full.
written <- function(value) {
  if (is.logical(value)) value <- tolower(as.character(value))
  if (is.numeric(value) && !inherits(value, "Date")) {
    value <- format(value, scientific = FALSE, digits = 15, trim = TRUE)
  }
  paste(as.character(value), collapse = ",")
}

# The request of an operation, with the revision of the session unless it has its own.
request_of <- function(ledger, path, within, query) {
  if (!inherits(ledger, "ledger")) {
    stop("the first argument has to be what ledger(\"http://...\") returns", call. = FALSE)
  }
  if (path %in% DATED && is.null(query$as_of)) query$as_of <- ledger$as_of
  for (name in names(within)) {
    value <- utils::URLencode(written(within[[name]]), reserved = TRUE)
    path <- sub(paste0("{", name, "}"), value, path, fixed = TRUE)
  }
  query <- lapply(Filter(function(value) length(value) > 0, query), written)
  asked <- httr2::request(paste0(ledger$url, path))
  asked <- do.call(httr2::req_url_query, c(list(asked), query))
  asked <- httr2::req_headers(asked, Accept = "application/json")
  if (!is.null(ledger$cache)) asked <- httr2::req_cache(asked, ledger$cache)
  tried(ledger, asked)
}

tried <- function(ledger, asked) {
  asked <- httr2::req_user_agent(asked, paste0("layoffledger/", CONTRACT, " (R)"))
  asked <- httr2::req_timeout(asked, ledger$timeout)
  policy <- list(
    asked,
    max_tries = ledger$max_tries,
    max_seconds = ledger$max_seconds,
    is_transient = function(answer) httr2::resp_status(answer) %in% c(429, 502, 503, 504)
  )
  # From 1.1 on, httr2 only retries after broken connections if it is told to.
  if ("retry_on_failure" %in% names(formals(httr2::req_retry))) policy$retry_on_failure <- TRUE
  asked <- do.call(httr2::req_retry, policy)
  # Problems become conditions of this package: see `problem_of`.
  httr2::req_error(asked, is_error = function(answer) FALSE)
}

perform <- function(asked, ...) {
  answer <- httr2::req_perform(asked, ...)
  if (httr2::resp_status(answer) >= 400) stop(problem_of(answer))
  answer
}

# The condition for an answer that is an error.
problem_of <- function(answer) {
  status <- httr2::resp_status(answer)
  problem <- tryCatch(
    jsonlite::fromJSON(httr2::resp_body_string(answer)),
    error = function(condition) NULL
  )
  code <- if (is.character(problem[["code"]])) problem[["code"]] else paste0("http_", status)
  structure(
    class = c(paste0("ledger_", code), "ledger_problem", "error", "condition"),
    list(
      message = paste0(code, ": ", problem[["detail"]]),
      call = NULL,
      status = status,
      code = code,
      problem = problem,
      retry_after = httr2::resp_retry_after(answer)
    )
  )
}

parsed <- function(answer) {
  # No matrices: lists of the same length are still lists.
  text <- httr2::resp_body_string(answer)
  jsonlite::fromJSON(text, simplifyMatrix = FALSE, flatten = TRUE)
}

ask_record <- function(ledger, path, within, query) {
  parsed(perform(request_of(ledger, path, within, query)))
}

ask_table <- function(ledger, path, within, query) {
  body <- parsed(perform(request_of(ledger, path, within, query)))
  framed(list(body$data), body$meta)
}

ask_pages <- function(ledger, path, within, query, n) {
  # The largest pages, unless the caller wants few rows or sets the size of pages.
  if (is.null(query$limit)) query$limit <- max(1, min(200, n))
  frames <- list()
  rows <- 0
  repeat {
    body <- parsed(perform(request_of(ledger, path, within, query)))
    frames <- c(frames, list(body$data))
    rows <- rows + NROW(body$data)
    if (rows >= n || is.null(body$meta$next_cursor)) break
    query$cursor <- body$meta$next_cursor
  }
  found <- framed(frames, body$meta)
  if (nrow(found) <= n) return(found)
  shorter <- found[seq_len(n), , drop = FALSE]
  attr(shorter, "meta") <- attr(found, "meta")
  shorter
}
