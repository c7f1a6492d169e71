package build

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestVersion(t *testing.T) {
	for _, test := range []struct {
		released, stamped, want string
	}{
		{"1.0.0", "", "1.0.0"},
		{"1.0.0", "v0.9.1-0.20261201032212-acb2a6554e0f+dirty", "1.0.0"},
		{"", "v1.0.0", "1.0.0"},
		{"", "v1.0.0+dirty", "1.0.0+dirty"},
		{"", "v0.0.0-20261201032212-acb2a6554e0f", "0.0.0-20261201-acb2a65"},
		{"", "v0.0.0-20261201032212-acb2a6554e0f+dirty", "0.0.0-20261201-acb2a65+dirty"},
		{"", "v1.0.1-0.20261201032212-acb2a6554e0f", "1.0.1-0.20261201-acb2a65"},
		{"", "v1.0.0-rc.1.0.20261201032212-acb2a6554e0f", "1.0.0-rc.1.0.20261201-acb2a65"},
		{"", "(devel)", Unknown},
		{"", "", Unknown},
	} {
		if got := version(test.released, &debug.BuildInfo{Main: debug.Module{Version: test.stamped}}); got != test.want {
			t.Errorf("released %q, stamped %q: %q, want %q", test.released, test.stamped, got, test.want)
		}
	}
	if got := version("", nil); got != Unknown {
		t.Errorf("without build info: %q", got)
	}
	if got := Version("1.0.0"); got != "1.0.0" {
		t.Errorf("released: %q", got)
	}
}

func TestPlatform(t *testing.T) {
	arm := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "GOARCH", Value: "arm"}, {Key: "GOARM", Value: "6"}}}
	if got := platform("linux/arm", arm); got != "linux/arm/v6" {
		t.Errorf("32-bit ARM: %s", got)
	}
	if got := platform("linux/amd64", nil); got != "linux/amd64" {
		t.Errorf("without build info: %s", got)
	}
	if got := Platform(); runtime.GOARCH != "arm" && got != runtime.GOOS+"/"+runtime.GOARCH {
		t.Errorf("this test: %s", got)
	}
}
