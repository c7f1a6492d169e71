package topicstest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"evcc-discovery/internal/topicstest"
)

// Every line of the list has what its readers rely on.
func TestRead(t *testing.T) {
	t.Parallel()
	list := topicstest.Read(t, "../../entities/testdata/evcc-topics.tsv")
	if len(list) < 400 {
		t.Errorf("the list has %d topics", len(list))
	}
	for _, d := range list {
		if d.Scope == "" || d.Key == "" || d.Type == "" || (d.Since == "") != d.Written || (d.Set == "") != (d.SetSince == "") || d.Set != "" && d.SetPath() == "" {
			t.Errorf("incomplete: %+v", d)
		}
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	price := topicstest.Topic{Scope: "site", Key: "smartCostLimit", Since: "0.123.0", Set: "smartCostLimit/set", SetSince: "0.123.0", SetUntil: "gap 0.124.5..0.126.2 without setter"}
	phases := topicstest.Topic{Scope: "loadpoints/<id>", Key: "phases", Since: "0.124.0", Until: "0.301.2", Set: "phases/set", SetSince: "0.125.0", SetUntil: "0.301.2"}
	for _, test := range []struct {
		topic        topicstest.Topic
		version      string
		in, settable bool
	}{
		{price, "0.122.9", false, false},
		{price, "0.124.4", true, true},
		{price, "0.124.5", true, false},
		{price, "0.126.2", true, false},
		{price, "0.126.3", true, true},
		{phases, "0.124.9", true, false},
		{phases, "0.301.1", true, true},
		{phases, "0.301.2", false, false},
	} {
		got := []bool{test.topic.In(test.version), test.topic.Settable(test.version)}
		if diff := cmp.Diff([]bool{test.in, test.settable}, got); diff != "" {
			t.Errorf("%s in %s: published and settable (-want +got):\n%s", test.topic.Path(), test.version, diff)
		}
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		topic     topicstest.Topic
		path, set string
		kind      string
	}{
		{topicstest.Topic{Scope: "root", Key: "status"}, "status", "", ""},
		{topicstest.Topic{Scope: "site", Key: "interval"}, "site/interval", "", "site"},
		{topicstest.Topic{Scope: "vehicles/<name>", Key: "plan/soc", Set: "planSoc/set"}, "vehicles/*/plan/soc", "vehicles/*/planSoc", "vehicle"},
	} {
		got := []string{topicstest.Objects(test.topic.Path()), topicstest.Objects(test.topic.SetPath()), test.topic.Kind()}
		if diff := cmp.Diff([]string{test.path, test.set, test.kind}, got); diff != "" {
			t.Errorf("path, setter and kind (-want +got):\n%s", diff)
		}
	}
	if diff := cmp.Diff([]string{"a/30d/b", "a/365d/b", "a/thisYear/b", "a/total/b"}, topicstest.Periods("a/<period>/b")); diff != "" {
		t.Errorf("periods (-want +got):\n%s", diff)
	}
}
