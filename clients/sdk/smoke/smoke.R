# What a client made by openapi-generator's `r` does at a service: library, URL, largest figure.
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]; base <- arguments[2]; largest <- as.numeric(arguments[3])
library(openapi, lib.loc = folder)
client <- ApiClient$new(base_path = base)
waves <- WavesApi$new(client)
# `ListWaves` itself takes a parameter that is left out for one that is null, and refuses it.
list_waves <- function(...) waves$ListWavesWithHttpInfo(...)$content
get_wave <- function(...) waves$GetWaveWithHttpInfo(...)$content
page <- list_waves(driver = list("over_hiring"), country = list("US"), limit = 2)
stopifnot(length(page$data) == 2, page$meta$count > 2)
seen <- character(); cursor <- NULL
repeat {
  part <- if (is.null(cursor)) list_waves(company = list("meta"), limit = 3) else
    list_waves(company = list("meta"), limit = 3, cursor = cursor)
  seen <- union(seen, vapply(part$data, function(one) one$id, ""))
  cursor <- part$meta$next_cursor
  if (is.null(cursor)) break
}
stopifnot(length(seen) == part$meta$count, length(seen) > 3)
stopifnot(get_wave("meta-2023-03")$headcount$low == 10000)
stopifnot(get_wave("meta-2023-03", as_of = "1")$revision == 1)
groups <- waves$GetStatisticsWithHttpInfo(list("year"))$content
stopifnot(sum(vapply(groups$data, function(one) one$waves, 0)) == groups$meta$count)
stopifnot(SearchApi$new(client)$SearchWithHttpInfo("meta platforms")$content$data[[1]]$id == "meta")
listed <- CompaniesApi$new(client)$ListIndicatorsWithHttpInfo(company = list("meta"), limit = 200)$content
highs <- unlist(lapply(listed$data, function(one) one$high))
stopifnot(max(highs) == largest)
cat("ok\n")
