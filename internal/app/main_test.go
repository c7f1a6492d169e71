package app_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets more tests run beside each other than there are cores: those with a real broker wait most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	parallel := flag.Lookup("test.parallel")
	if parallel.Value.String() == parallel.DefValue {
		_ = parallel.Value.Set("16")
	}
	os.Exit(m.Run())
}
