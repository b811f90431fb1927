package store_test

const asStorm = "STATUTE_STORE_TEST_STORM"

func runStorm(string) error { return nil }
