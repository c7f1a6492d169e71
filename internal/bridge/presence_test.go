package bridge

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestTrust plays what evcc says about itself and holds what ready says after each word: "+" for trust, "-" for
// none.
func TestTrust(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ words, want string }{
		"start":                             {"online blank filled", "+++"},
		"orderly end":                       {"online filled blank offline", "++++"},
		"orderly restart":                   {"online filled blank offline online filled live1", "+++++++"},
		"crash":                             {"online filled offline online live1 live2", "++---+"},
		"crash, then blanked":               {"online filled offline online blank filled", "++--++"},
		"crash, then blanked at once":       {"online filled offline blank online filled", "++-+++"},
		"crash, old values while down":      {"online filled offline live1 live2 online", "++----"},
		"crash, one reports twice":          {"online filled offline online live1 live1 live2", "++----+"},
		"crash, other keys do not count":    {"online filled offline online power1 power2 site", "++-----"},
		"crash in the first cycle":          {"online filled offline online live1 offline online live2 live1", "++------+"},
		"online said again in the cycle":    {"online filled offline online live1 online live2 live1", "++-----+"},
		"a loadpoint more than was counted": {"online filled offline online live3 live1 live2", "++----+"},
		"offline said twice":                {"online filled offline offline online live1 live2", "++----+"},
		"crash, then one loadpoint less":    {"online filled offline online live1 fewer", "++---+"},
		"online said anew":                  {"online filled online said power1", "++--+"},
		"online said anew, then blanked":    {"online filled online blank filled power1", "++---+"},
		"crash, slow start":                 {"online filled offline online said late power1 live1 live2", "++------+"},
		"crash, one never reports":          {"online filled offline online live1 late", "++---+"},
		"crash, counted late":               {"online filled offline uncounted counted live1 live2", "++----+"},
		"never online":                      {"offline live1 filled", "+++"},
	} {
		p, got := presence{}, ""
		for word := range strings.FieldsSeq(test.words) {
			switch word {
			case "online", "offline":
				p.status(word == "online", []string{"1", "2"})
			case "uncounted": // the broker has forgotten how many there are
				p.status(true, nil)
			case "counted":
				p.limit([]string{"1", "2"})
			case "fewer":
				p.limit([]string{"1"})
			case "blank", "filled":
				p.blank(word == "blank")
			case "live1", "live2", "live3":
				p.live("loadpoints/"+word[4:]+"/connected", time.Time{})
			case "power1", "power2":
				p.live("loadpoints/"+word[5:]+"/chargePower", time.Time{})
			case "said":
				p.live("status", time.Time{})
			case "late":
				p.expire()
			case "site":
				p.live("site/connected", time.Time{})
			}
			got += map[string]string{"online": "+", "offline": "-"}[p.ready()]
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s (-want +got):\n%s", name, test.words, diff)
		}
	}
}

// An evcc without loadpoints that report has nothing to wait for; a value of any loadpoint ends the wait.
func TestPresenceWithoutLoadpoints(t *testing.T) {
	t.Parallel()
	var p presence
	p.online = true
	p.await(nil)
	if p.ready() != "offline" {
		t.Error("trusted without a word")
	}
	p.live("loadpoints/1/connected", time.Time{})
	if p.ready() != "online" {
		t.Error("a live value is not trusted")
	}
}
