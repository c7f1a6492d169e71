// Package build tells which program this is. A release is given its version by the build. Everything else goes by what
// the go command stamps in: "go build" in a git clone the commit, and its tag where there is one; "go run" and "go test"
// nothing unless they are asked to (-buildvcs=true); nor does a linked worktree or an archive of the sources have one.
package build

import (
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
)

// Unknown is the version of a program without a stamp.
const Unknown = "unknown revision"

// Version returns the version of a release ("1.0.0"; released is "" in other builds), else that of the commit
// ("0.0.0-20261201-acb2a65"), with "+dirty" where files differed from it.
func Version(released string) string {
	info, _ := debug.ReadBuildInfo()
	return version(released, info)
}

// pseudo is the end of what the go command calls a commit without a tag: its time and its revision, longer than people
// need it.
var pseudo = regexp.MustCompile(`(\d{8})\d{6}-([0-9a-f]{7})[0-9a-f]{5}\b`)

func version(released string, info *debug.BuildInfo) string {
	switch {
	case released != "":
		return released
	case info == nil || info.Main.Version == "" || info.Main.Version == "(devel)":
		return Unknown
	}
	return pseudo.ReplaceAllString(strings.TrimPrefix(info.Main.Version, "v"), "$1-$2")
}

// Platform returns what the program was built for, as container registries write it: "linux/arm/v7".
func Platform() string {
	info, _ := debug.ReadBuildInfo()
	return platform(runtime.GOOS+"/"+runtime.GOARCH, info)
}

func platform(system string, info *debug.BuildInfo) string {
	if info == nil {
		return system
	}
	for _, s := range info.Settings {
		if s.Key == "GOARM" {
			system += "/v" + s.Value
		}
	}
	return system
}
