package packaging

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
)

// image are the rules for what a device builds, and from what.
var image = []rule{
	{
		name: "image: syntax", why: "a syntax line makes every device fetch another image",
		check: func(c *clone) (found findings) {
			if line := regexp.MustCompile(`(?mi)^#\s*syntax=.*`).FindString(c.read("Dockerfile")); line != "" {
				found.add("Dockerfile: %s", line)
			}
			return found
		},
		trials: []trial{finds("syntax", swap("Dockerfile", "FROM", "# syntax=docker/dockerfile:1\nFROM"))},
	},
	{
		name: "image: content", why: "the image is the program and the certificates of public authorities, nothing else",
		check: says(map[string][]string{
			"FROM": {"scratch AS final"},
			"COPY": {"--from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/", "--from=build /out/evcc-discovery /evcc-discovery"},
			"RUN":  nil,
		}),
		trials: []trial{finds("FROM", swap("Dockerfile", "FROM scratch", "FROM alpine")), finds("COPY", swap("Dockerfile", "\nHEALTHCHECK", "\nCOPY . .\nHEALTHCHECK"))},
	},
	{
		name: "image: labels", why: "tools find out by them that it is an app, and which version of it",
		check: labels,
		trials: []trial{
			finds("io.hass.type", swap("Dockerfile", `io.hass.type="app"`, "")), finds("io.hass.version", swap("Dockerfile", `io.hass.version="${BUILD_VERSION}"`, `io.hass.version="1.0.0"`)),
		},
	},
	{
		name: "image: commands", why: "there is no shell in the image: commands are in the exec form",
		check: says(map[string][]string{"ENTRYPOINT": {`["/evcc-discovery"]`}, "CMD": nil}),
		trials: []trial{
			finds("ENTRYPOINT", swap("Dockerfile", `["/evcc-discovery"]`, "/evcc-discovery")), finds("CMD", swap("Dockerfile", "ENTRYPOINT", "CMD [\"run\"]\nENTRYPOINT")),
		},
	},
	{
		name: "image: health check", why: "until its first one the app is starting, and an old Docker knows no --start-interval",
		check: healthCheck,
		trials: []trial{
			finds("HEALTHCHECK", swap("Dockerfile", `"healthcheck"]`, `"version"]`)), finds("--start-interval", swap("Dockerfile", "--interval=10s", "--interval=10s --start-interval=1s")),
			finds("at most 10s", swap("Dockerfile", "--interval=10s", "--interval=30s")), finds("at most 10s", swap("Dockerfile", "--interval=10s ", "")),
		},
	},
	{
		name: "image: Go", why: "the build image may not fetch another Go than its own",
		check: goVersion,
		trials: []trial{
			accepts(swap("Dockerfile", "golang:1.26-alpine", "golang:1.27-alpine")), finds("go.mod wants", swap("Dockerfile", "golang:1.26-alpine", "golang:1.25-alpine")),
			finds("go.mod wants", swap("Dockerfile", "golang:1.26-alpine", "golang:1.26.0-alpine"), swap("go.mod", "go 1.26.0", "go 1.26.0\n\ntoolchain go1.26.3")),
			finds("FROM", swap("Dockerfile", "golang:1.26-alpine", "golang:1.26")),
		},
	},
	{
		name: "image: build", why: "what is built is static, for the device's machine, and shows the version that the Supervisor names",
		check: buildCommand,
		trials: []trial{
			finds("CGO_ENABLED=0", swap("Dockerfile", "CGO_ENABLED=0", "")), finds("-X main.version", swap("Dockerfile", "-X main.version=${BUILD_VERSION}", "")),
			finds("no variable version", swap("main.go", "\nvar version ", "\nvar release ")), finds("time/tzdata", swap("main.go", `_ "time/tzdata"`, "")),
		},
	},
	{
		name: "image: context", why: "a device sends to the build what .dockerignore lets pass: all that it needs, and nothing else",
		check: context,
		trials: []trial{
			finds("translations/en.yaml is needed", swap(".dockerignore", "!translations\n", "")), finds("docs/x.md is sent", swap(".dockerignore", "\n*\n", "\n*\n!docs\n"), write("docs/x.md", "")),
			finds("internal/app/notes.txt is sent", write("internal/app/notes.txt", "")), accepts(write("internal/app/x_test.go", ""), write("entities/testdata/deep/x", "")),
		},
	},
}

// instruction is one of the Dockerfile, with the stage in which it stands.
type instruction struct{ stage, name, rest string }

func dockerfile(c *clone) (list []instruction) {
	stage := ""
	for line := range strings.Lines(strings.ReplaceAll(c.read("Dockerfile"), "\\\n", " ")) {
		name, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		if name == "FROM" {
			_, stage, _ = strings.Cut(rest, " AS ")
		}
		list = append(list, instruction{stage, name, strings.TrimSpace(rest)})
	}
	return list
}

// final returns what the named instructions of the image's last stage say.
func final(c *clone, name string) (rests []string) {
	all := dockerfile(c)
	for _, i := range all {
		if i.stage == all[len(all)-1].stage && i.name == name {
			rests = append(rests, i.rest)
		}
	}
	return rests
}

// says makes the check that the last stage has these instructions.
func says(want map[string][]string) func(*clone) findings {
	return func(c *clone) (found findings) {
		for name, rests := range want {
			if diff := cmp.Diff(rests, final(c, name)); diff != "" {
				found.add("Dockerfile: %s (-want +got):\n%s", name, diff)
			}
		}
		return found
	}
}

func labels(c *clone) (found findings) {
	all := strings.Join(final(c, "LABEL"), " ")
	for _, label := range []string{`io.hass.type="app"`, `io.hass.version="${BUILD_VERSION}"`} {
		if !strings.Contains(all, label) {
			found.add("Dockerfile: the labels %s lack %s", all, label)
		}
	}
	return found
}

func healthCheck(c *clone) (found findings) {
	text := strings.Join(final(c, "HEALTHCHECK"), "\n")
	var command []string
	_, exec, _ := strings.Cut(text, " CMD ")
	if err := json.Unmarshal([]byte(exec), &command); err != nil || !slices.Equal(command, []string{"/evcc-discovery", "healthcheck"}) {
		found.add("Dockerfile: HEALTHCHECK %s", text)
	}
	if strings.Contains(text, "--start-interval") {
		found.add("Dockerfile: HEALTHCHECK has --start-interval")
	}
	_, rest, _ := strings.Cut(text, "--interval=")
	interval, _, _ := strings.Cut(rest, " ")
	if d, err := time.ParseDuration(interval); err != nil || d > 10*time.Second {
		found.add("Dockerfile: the HEALTHCHECK's interval is %q, want at most 10s", interval)
	}
	return found
}

func goVersion(c *clone) (found findings) {
	all := dockerfile(c)
	m := regexp.MustCompile(`^golang:([\d.]+)-alpine AS build$`).FindStringSubmatch(all[0].rest)
	if m == nil {
		found.add("Dockerfile: FROM %s, want golang:<version>-alpine AS build", all[0].rest)
		return found
	}
	image := numbers(m[1])
	for _, m := range regexp.MustCompile(`(?m)^(?:go |toolchain go)([\d.]+)$`).FindAllStringSubmatch(c.read("go.mod"), -1) {
		wanted := numbers(m[1])
		if len(image) < len(wanted) { // a tag without patch level is the newest patch
			wanted = wanted[:len(image)]
		}
		if slices.Compare(image, wanted) < 0 {
			found.add("go.mod wants Go %s, the Dockerfile has %v", m[1], image)
		}
	}
	return found
}

func buildCommand(c *clone) (found findings) {
	var run string
	for _, i := range dockerfile(c) {
		if i.name == "RUN" {
			run = i.rest
		}
	}
	for _, part := range []string{"CGO_ENABLED=0", `GOARCH="${TARGETARCH}"`, "-buildvcs=false", "-trimpath", "-X main.version=${BUILD_VERSION}"} {
		if !strings.Contains(run, part) {
			found.add("Dockerfile: RUN %s lacks %s", run, part)
		}
	}
	main := c.read("main.go")
	if !regexp.MustCompile(`(?m)^var version string$`).MatchString(main) {
		found.add("main.go has no variable version for the Dockerfile to set")
	}
	if !strings.Contains(main, "\n\t_ \"time/tzdata\"") {
		found.add("main.go does not import time/tzdata, and the image has no time zones")
	}
	return found
}

// numbers of a version: "1.26" is 1, 26.
func numbers(version string) (list []int) {
	for part := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(part)
		list = append(list, n)
	}
	return list
}
