library(testthat)
library(layoffledger)

test_check("layoffledger")
