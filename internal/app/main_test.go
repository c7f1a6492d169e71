package app_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets more tests run beside each other than there are cores: they wait most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	parallel := flag.Lookup("test.parallel")
	if parallel.Value.String() == parallel.DefValue {
		_ = parallel.Value.Set("4")
	}
	os.Exit(m.Run())
}
