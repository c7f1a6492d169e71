package entities_test

import (
	"testing"

	"evcc-discovery/entities"
)

func TestExistence(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name         string
		p            entities.Existence
		itself, twin bool
	}{
		{"evcc does not have it", entities.Existence{Possible: true}, false, false},
		{"a value, or a control that can be set", entities.Existence{Applies: true, Possible: true}, true, false},
		{"a control without setter", entities.Existence{Applies: true}, false, true},
		{"published, and evcc has it no more", entities.Existence{Possible: true, Kept: true}, true, false},
		{"a control in READ_ONLY", entities.Existence{Applies: true, Kept: true}, false, true},
		{"a control in READ_ONLY, and evcc has it no more", entities.Existence{Kept: true}, false, true},
		{"a newer evcc brought the control", entities.Existence{Applies: true, Possible: true, TwinKept: true}, true, true},
		{"the twin stays", entities.Existence{TwinKept: true}, false, true},
		{"the twin stays beside a control that is gone", entities.Existence{Possible: true, TwinKept: true}, false, true},
		{"both were published", entities.Existence{Possible: true, Kept: true, TwinKept: true}, true, true},
		{"after READ_ONLY the control takes over", entities.Existence{Applies: true, Possible: true, TwinKept: true, Released: true}, true, false},
		{"also where evcc has it no more", entities.Existence{Possible: true, TwinKept: true, Released: true}, true, false},
		{"but not without a setter", entities.Existence{Applies: true, TwinKept: true, Released: true}, false, true},
	} {
		if itself, twin := test.p.Shown(); itself != test.itself || twin != test.twin {
			t.Errorf("%s: shown %t, its twin %t; want %t and %t", test.name, itself, twin, test.itself, test.twin)
		}
	}
}
