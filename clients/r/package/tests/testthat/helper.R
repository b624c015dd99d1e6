# The service under test, and answers to plain requests: nothing here uses the package.
service <- sub("/+$", "", Sys.getenv("LEDGER_URL", "http://localhost:8000"))
plain <- function(path) jsonlite::fromJSON(paste0(service, path), simplifyVector = FALSE)
