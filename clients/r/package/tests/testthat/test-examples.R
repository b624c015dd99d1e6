# The examples of the README and the vignette run; `check` says where they are.
for (path in strsplit(Sys.getenv("LEDGER_EXAMPLES"), ":", fixed = TRUE)[[1]]) {
  test_that(paste("the examples of", basename(path), "run"), {
    lines <- readLines(path)
    fences <- cumsum(grepl("^```", lines))
    begins <- grep("^```(r|\\{r.*\\})$", lines)
    expect_gte(length(begins), 4)
    room <- new.env(parent = globalenv())
    for (begin in begins) {
      code <- lines[fences == fences[begin]][-1]
      code <- gsub("http://localhost:8000", service, code, fixed = TRUE)
      expect_no_error(utils::capture.output(eval(parse(text = code), room)))
    }
  })
}
