# A service of two lines that is down at first. It is a separate process, as R has no second thread.
down_at_first <- function(times, head, code) {
  port <- 20000 + sample(20000, 1)
  script <- tempfile(fileext = ".R")
  answer <- function(lines, body) {
    paste0(paste0(lines, "\r\n", collapse = ""), "Content-Length: ", nchar(body), "\r\nConnection: close\r\n\r\n", body)
  }
  good <- answer(
    c("HTTP/1.1 200 OK", "Content-Type: application/json"),
    '{"code":"brand_new","status":"never_seen"}'
  )
  bad <- answer(head, code)
  writeLines(
    c(
      sprintf("listening <- serverSocket(%d)", port),
      sprintf("for (answer in c(%s)) {", paste(c(rep(deparse(bad), times), deparse(good)), collapse = ", ")),
      "  asked <- socketAccept(listening, blocking = TRUE, open = 'r+b', timeout = 30)",
      "  while (length(line <- readLines(asked, 1)) > 0 && nzchar(line)) NULL",
      "  writeBin(charToRaw(answer), asked)",
      "  close(asked)",
      "}"
    ),
    script
  )
  system2(file.path(R.home("bin"), "Rscript"), script, wait = FALSE, stdout = FALSE, stderr = FALSE)
  for (wait in 1:100) {
    # The server socket is ready once its port is taken.
    free <- tryCatch(close(serverSocket(port)), error = function(condition) "taken")
    if (identical(free, "taken")) break
    Sys.sleep(0.1)
  }
  sprintf("http://127.0.0.1:%d", port)
}

test_that("what is down is asked again after the seconds that it names, and unknown codes are no error", {
  url <- down_at_first(1, c("HTTP/1.1 503 Service Unavailable", "Retry-After: 1"), "down")
  begun <- Sys.time()
  found <- get_driver(ledger(url), "over_hiring")

  expect_equal(found$code, "brand_new")
  expect_gte(as.numeric(Sys.time() - begun, units = "secs"), 0.99)
})

test_that("after the last try the problem is signalled", {
  url <- down_at_first(1, c("HTTP/1.1 502 Bad Gateway", "Retry-After: 0"), "<html>")
  problem <- expect_error(get_driver(ledger(url, max_tries = 1), "over_hiring"), class = "ledger_http_502")

  expect_null(problem$problem)
})
