#' A service to ask
#'
#' What every other function takes first: where the service is, and how it is asked.
#'
#' @section Data frames:
#' Functions that begin with \code{list_}, and those of statistics, give a data frame with a row for
#' each record. What is nested has the names of its levels joined by \code{_}, as in
#' \code{headcount_low}; what is a list is a list column. Codes are character, also those of digits;
#' days (\code{_on}) are of class \code{Date} where every value is a whole day, moments (\code{_at}) are
#' \code{POSIXct}, UTC. What is unknown is \code{NA}. The attribute \code{meta} has the count, the
#' revision and the licence.
#'
#' @section Errors:
#' A problem is a condition with the classes \code{ledger_<code>} (\code{ledger_invalid_parameters},
#' \code{ledger_not_found}, \code{ledger_unknown_revision} …) and \code{ledger_problem}, with all that
#' the service told in \code{problem}, and what was probably meant in \code{problem$errors}.
#'
#' @section Requests:
#' They are tried again by \code{\link[httr2]{req_retry}} after a broken connection, 429, 502, 503 and
#' 504, after the seconds of \code{Retry-After} or longer each time. Answers are kept by
#' \code{\link[httr2]{req_cache}}: for as long as the service says, and then asked for by their ETag.
#'
#' @param url Address of the service.
#' @param as_of The revision (a number) or day (\code{"2026-11-01"} or a \code{Date}) as of which
#'   everything is asked, so that all answers of a session fit together; \code{"newest"} for the revision
#'   that is the newest one now. Left out, each answer is as new as can be.
#' @param max_tries How often a request is tried in all.
#' @param max_seconds For how long it is tried in all.
#' @param timeout Seconds that one try may take.
#' @param cache Folder where answers are kept; \code{NULL} for none.
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

# A value as a parameter has it: several ones by commas, numbers in full.
written <- function(value) {
  if (is.logical(value)) value <- tolower(as.character(value))
  if (is.numeric(value) && !inherits(value, "Date")) {
    value <- format(value, scientific = FALSE, digits = 15, trim = TRUE)
  }
  paste(as.character(value), collapse = ",")
}

# The request of an operation, with the revision of the session where it has none of its own.
request_of <- function(ledger, path, within, query) {
  if (!inherits(ledger, "ledger")) {
    stop("the first argument is what ledger(\"http://...\") gives", call. = FALSE)
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
  # From 1.1 on, httr2 tries broken connections again only where it is told to.
  if ("retry_on_failure" %in% names(formals(httr2::req_retry))) policy$retry_on_failure <- TRUE
  asked <- do.call(httr2::req_retry, policy)
  # Problems become conditions of ours, below.
  httr2::req_error(asked, is_error = function(answer) FALSE)
}

perform <- function(asked, ...) {
  answer <- httr2::req_perform(asked, ...)
  if (httr2::resp_status(answer) >= 400) stop(problem_of(answer))
  answer
}

# The condition that an answer is.
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
  # No matrices: a list of lists of one length each is still a list.
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
  # The largest pages, unless who asks wants few rows, or pages of a size of their own.
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
