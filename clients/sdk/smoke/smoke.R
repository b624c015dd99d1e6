# Tries the generated R client with a service. Its `ListWaves` and the like reject the nulls that they pass
# themselves, so the functions `...WithHttpInfo` are called. It cannot read lists with a null where a record
# may be nested (waves), or last pages (`links.next` is null): docs/clients.md says why.
arguments <- commandArgs(trailingOnly = TRUE)
base <- arguments[[1]]
library(openapi)
client <- ApiClient$new(base_path = base)
plain <- function(path) jsonlite::fromJSON(paste0(base, path), simplifyVector = FALSE)
waves <- WavesApi$new(client)

wave <- waves$GetWaveWithHttpInfo("meta-2023-03")$content
stopifnot(wave$headcount$low == 10000)
stopifnot(waves$GetWaveWithHttpInfo("meta-2023-03", as_of = "1")$content$revision == 1)
stopifnot(waves$GetWaveWithHttpInfo("meta-2023-03", as_of = "2020-01-01")$status_code == 404)

statistics <- waves$GetStatisticsWithHttpInfo(list("year"))$content
counted <- sum(vapply(statistics$data, function(group) as.numeric(group$waves), 1))
stopifnot(counted == statistics$meta$count)
found <- SearchApi$new(client)$SearchWithHttpInfo("meta platforms")$content
stopifnot(found$data[[1]]$id == "meta")

filtered <- waves$ListClaimsWithHttpInfo(
  company = list("meta"), driver = list("over_hiring"), limit = 1L
)$content
expected <- plain("/v1/claims?company=meta&driver=over_hiring&limit=1")
stopifnot(filtered$meta$count == expected$meta$count, filtered$data[[1]]$id == expected$data[[1]]$id)

companies <- CompaniesApi$new(client)
series <- companies$ListIndicatorsWithHttpInfo(company = list("meta"), limit = 5L)$content
highs <- vapply(series$data, function(one) as.numeric(one$high), 1)
stopifnot(identical(highs, vapply(
  plain("/v1/indicators?company=meta&limit=5")$data, function(one) as.numeric(one$high), 1
)))
stopifnot(waves$ListClaimsWithHttpInfo(driver = list("over_hirng"))$status_code == 400)
cat("ok\n")
