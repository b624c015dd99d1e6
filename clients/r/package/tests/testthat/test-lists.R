test_that("a list has every record of all pages, once and in its order", {
  whole <- plain("/v1/waves?company=meta,microsoft&limit=200")
  found <- list_waves(ledger(service), company = c("meta", "microsoft"), limit = 3)

  expect_gt(nrow(found), 6)
  expect_equal(found$id, vapply(whole$data, `[[`, "", "id"))
  expect_equal(attr(found, "meta")$count, nrow(found))
  expect_equal(nrow(list_waves(ledger(service), n = 4, limit = 3)), 4)
})

test_that("figures, unknown ones and codes are those of the JSON, whatever the pages' sizes", {
  whole <- plain("/v1/waves?company=meta&limit=200")$data
  low <- vapply(whole, function(one) if (is.null(one$headcount)) NA_real_ else as.numeric(one$headcount$low), 1)
  for (limit in c(1, 200)) {
    found <- list_waves(ledger(service), company = "meta", limit = limit)
    expect_equal(as.numeric(found$headcount_low), low)
    expect_identical(found$company_industry, vapply(whole, function(one) one$company$industry, ""))
    expect_s3_class(found$announced_on, "Date")
    expect_equal(found$forms, lapply(whole, function(one) unlist(one$forms)))
  }
  expect_true(anyNA(low))
})

test_that("figures beyond 32 bits are those of the JSON", {
  expected <- plain("/v1/indicators?company=meta&limit=200")$data
  high <- vapply(expected, function(one) if (is.null(one$high)) NA_real_ else as.numeric(one$high), 1)

  found <- list_indicators(ledger(service), company = "meta")

  expect_identical(as.numeric(found$high), high)
  expect_gt(max(high, na.rm = TRUE), 2^32)
})

test_that("a list of nothing is a data frame without rows", {
  found <- list_waves(ledger(service), company = "meta", announced_gte = as.Date("2100-01-01"))

  expect_equal(nrow(found), 0)
  expect_equal(attr(found, "meta")$count, 0)
})

test_that("numbers are asked in full", {
  found <- list_waves(ledger(service), headcount_gte = 1e5)
  expected <- plain("/v1/waves?headcount_gte=100000&limit=1")

  expect_equal(nrow(found), expected$meta$count)
})

test_that("a session is asked as of one revision", {
  expect_equal(get_wave(ledger(service, as_of = 1), "meta-2023-03")$revision, 1)
  pinned <- ledger(service, as_of = "newest")
  expect_equal(pinned$as_of, plain("/v1/revisions?limit=1")$meta$revision)
  expect_output(print(pinned), paste("as of", pinned$as_of))
  early <- ledger(service, as_of = as.Date("2020-01-01"))
  expect_error(list_waves(early), class = "ledger_unknown_revision")
  expect_equal(get_wave(early, "meta-2023-03", as_of = 1)$revision, 1)
})

test_that("a problem is a condition of its code, with what was meant", {
  problem <- expect_error(
    list_waves(ledger(service), driver = "over_hirng"),
    class = "ledger_invalid_parameters"
  )
  expect_s3_class(problem, "ledger_problem")
  expect_equal(problem$status, 400)
  expect_equal(problem$problem$errors$suggested_value, "over_hiring")
  expect_match(conditionMessage(problem), "no driver 'over_hirng'")
  expect_error(get_wave(ledger(service), "none"), class = "ledger_not_found")
  expect_error(list_waves(service), "the first argument")
})

test_that("an answer is kept for as long as the service says", {
  kept <- ledger(service)
  first <- get_driver(kept, "over_hiring")
  expect_equal(length(list.files(kept$cache)), 1)
  # Nothing answers at this address, which does not matter as long as no request is made.
  expect_condition(second <- get_driver(kept, "over_hiring"), class = "httr2_cache_cached")
  expect_equal(second, first)
})
