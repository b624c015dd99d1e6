test_that("a file is saved whole, and gone on with", {
  revision <- list_exports(ledger(service))$newest$revision
  url <- sprintf("%s/v1/exports/%d/drivers.csv", service, revision)
  expected <- tempfile()
  utils::download.file(url, expected, quiet = TRUE, mode = "wb")
  whole <- readBin(expected, "raw", file.size(expected))
  for (left in list(NULL, whole[1:1000], whole)) {
    path <- tempfile()
    if (!is.null(left)) writeBin(left, paste0(path, ".part"))
    get_export_file(ledger(service), revision, "drivers.csv", path)
    expect_identical(readBin(path, "raw", file.size(path)), whole)
    expect_false(file.exists(paste0(path, ".part")))
  }
})

test_that("wrong bytes are an error, and the next time begins anew", {
  revision <- list_exports(ledger(service))$newest$revision
  path <- tempfile()
  writeBin(raw(1000), paste0(path, ".part"))
  expect_error(
    get_export_file(ledger(service), revision, "drivers.csv", path),
    class = "ledger_checksum"
  )
  expect_false(file.exists(path))
  get_export_file(ledger(service), revision, "drivers.csv", path)
  expect_true(file.exists(path))
  expect_error(get_export_file(ledger(service), revision, "none.csv"), "has no file none.csv")
})

test_that("a table has the rows of its list, with the declared types", {
  asked <- ledger(service, as_of = "newest")
  waves <- list_waves(asked)
  table <- read_export(asked, "waves")

  expect_setequal(table$id, waves$id)
  ordered <- waves[match(table$id, waves$id), ]
  expect_equal(table$headcount_low, as.numeric(ordered$headcount_low))
  expect_equal(table$announced_on, as.Date(as.character(ordered$announced_on)))
  expect_identical(table$company_country, ordered$company_country)
  expect_type(table$canonical, "logical")
  expect_equal(lengths(table$forms), lengths(ordered$forms))
})
