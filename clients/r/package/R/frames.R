# Turns the parsed pages of a list into one data frame. Nothing here is about a particular resource.

framed <- function(pages, meta) {
  pages <- Filter(function(page) is.data.frame(page) && nrow(page) > 0, pages)
  names <- unique(unlist(lapply(pages, names)))
  # A field may be null on all of one page and nested on another: then the nested columns are enough.
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

# Joins the parts of a column; it is a list if any part is, because a page of nulls is logical.
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
