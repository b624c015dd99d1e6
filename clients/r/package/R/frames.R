# From the parsed pages of a list to one data frame. Knows no resource.

framed <- function(pages, meta) {
  pages <- Filter(function(page) is.data.frame(page) && nrow(page) > 0, pages)
  names <- unique(unlist(lapply(pages, names)))
  # What is null on all of one page is nested on another: the levels' columns say it.
  nested <- vapply(names, function(name) any(startsWith(names, paste0(name, "."))), NA)
  names <- names[!nested]
  columns <- lapply(names, function(name) bound(lapply(pages, column_of, name), name))
  found <- structure(
    columns,
    names = gsub(".", "_", names, fixed = TRUE),
    row.names = .set_row_names(sum(vapply(pages, nrow, 1L))),
    class = "data.frame"
  )
  meta$next_cursor <- NULL
  meta$limit <- NULL
  attr(found, "meta") <- meta
  found
}

column_of <- function(page, name) {
  column <- page[[name]]
  if (is.null(column)) rep(NA, nrow(page)) else column
}

# The parts of a column; a list if one of them is, for a page of nulls is logical.
bound <- function(parts, name) {
  if (any(vapply(parts, is.list, NA))) {
    parts <- lapply(parts, function(part) {
      if (is.list(part)) part else lapply(part, function(one) if (is.na(one)) NULL else one)
    })
    return(do.call(c, parts))
  }
  typed(unlist(parts, use.names = FALSE), name)
}

typed <- function(column, name) {
  if (!is.character(column)) return(column)
  known <- column[!is.na(column)]
  if (grepl("(^|[._])on$", name) && all(grepl("^\\d{4}-\\d{2}-\\d{2}$", known))) {
    return(as.Date(column))
  }
  if (grepl("_at$", name) && all(grepl("^\\d{4}-\\d{2}-\\d{2}T[0-9:.]+Z$", known))) {
    return(as.POSIXct(column, format = "%Y-%m-%dT%H:%M:%OSZ", tz = "UTC"))
  }
  column
}
