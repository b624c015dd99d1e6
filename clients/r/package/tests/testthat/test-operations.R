# Every operation of the served document exists, and returns what a plain request gets.
document <- plain("/openapi.json")
asked <- ledger(service)
newest <- plain("/v1/revisions?limit=1")$meta$revision
# Values for which the document's own example does not work.
values <- list(
  get_claim = list(plain("/v1/claims?limit=1")$data[[1]]$id),
  get_indicator = list(plain("/v1/indicators?limit=1")$data[[1]]$id),
  get_revision = list(newest),
  get_export = list(newest)
)
resolve <- function(one) {
  if (is.null(one$`$ref`)) one else document$components$parameters[[basename(one$`$ref`)]]
}

for (path in names(document$paths)) {
  operation <- document$paths[[path]]$get
  id <- operation$operationId
  name <- if (id == "search") "search_ledger" else id
  if (id == "get_export_file") next # see test-exports.R: it is not JSON
  test_that(paste(name, "gives what", path, "answers"), {
    parameters <- lapply(operation$parameters, resolve)
    within <- Filter(function(one) one$`in` == "path", parameters)
    needed <- Filter(function(one) one$`in` == "query" && isTRUE(one$required), parameters)
    example <- function(one) paste(unlist(one$example), collapse = ",")
    given <- if (is.null(values[[id]])) lapply(within, example) else values[[id]]
    query <- lapply(needed, example)
    names(query) <- vapply(needed, function(one) one$name, "")
    filled <- path
    for (value in given) filled <- sub("\\{\\w+\\}", utils::URLencode(paste(value), TRUE), filled)
    paged <- any(vapply(parameters, function(one) identical(one$name, "cursor"), NA))
    part <- paste0(
      names(query), if (length(query) > 0) "=", vapply(query, utils::URLencode, "", reserved = TRUE),
      collapse = "&"
    )
    url <- paste0(filled, "?", part, if (paged) "&limit=3")
    found <- tryCatch(
      do.call(name, c(list(asked), given, query, if (paged) list(n = 3))),
      ledger_not_found = identity
    )
    if (inherits(found, "ledger_not_found")) {
      # A notice, if the service has none.
      expect_match(id, "notice")
      expect_warning(expect_error(plain(url)), "404")
    } else if (is.data.frame(found)) {
      expected <- plain(url)
      expect_equal(nrow(found), length(expected$data))
      expect_equal(attr(found, "meta")$revision, expected$meta$revision)
      for (column in intersect(c("id", "code", "number"), names(found))) {
        value <- function(one) if (is.null(one[[column]])) NA else one[[column]]
        expect_equal(found[[column]], unlist(lapply(expected$data, value)))
      }
    } else {
      expected <- plain(url)
      scalar <- Filter(function(one) !is.list(one) && !is.null(one), expected)
      expect_gt(length(scalar), 0)
      expect_equal(found[names(scalar)], scalar)
    }
  })
}

test_that("the version is the contract's", {
  expect_equal(as.character(utils::packageVersion("layoffledger")), document$info$version)
})
