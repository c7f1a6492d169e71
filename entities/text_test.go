package entities_test

import (
	"testing"

	"evcc-discovery/entities"
)

// What people write stays as it is, but for what cannot be shown.
func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Garage": "Garage", "Tom's  Kombi (alt) 🚗👨‍👩‍👧": "Tom's  Kombi (alt) 🚗👨‍👩‍👧", " a ": " a ", "": "", "שלום": "שלום",
		"a\x00b": "ab", "\x00": "", "\x1b[31mred\x1b[0m": "[31mred[0m", "two\nlines\tand\r\n": "two lines and", "\x7f\u0085\u009f": "",
		"\u202egnp.exe": "gnp.exe", "\u2066x\u2069": "x", "a\u2028b": "a b", "\ufeffx": "x", "\xffx\xc3": "x", "\ufdd0\uffff\U0001ffff": "",
	} {
		if got := entities.Clean(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
		if again := entities.Clean(want); again != want {
			t.Errorf("%q becomes %q", want, again)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x00\u202eb")
	f.Fuzz(func(t *testing.T, text string) {
		got := entities.Clean(text)
		if !entities.IsClean(got) || entities.Clean(got) != got || entities.IsClean(text) && got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}

// Only a currency enters a unit.
func TestCurrency(t *testing.T) {
	t.Parallel()
	for currency, want := range map[string]string{
		"": "€/kWh", "EUR": "€/kWh", "SEK": "SEK/kWh", "CHF": "CHF/kWh", "€": "€/kWh", "$": "$/kWh", "kr": "kr/kWh", "Kč": "Kč/kWh", "zł": "zł/kWh", "Fr.": "Fr./kWh", "R$": "R$/kWh",
		"EUROS": "¤/kWh", "{{ 1 }}": "¤/kWh", "a b": "¤/kWh", "\x00": "¤/kWh", "EU\x00": "¤/kWh", "<b>": "¤/kWh", "12": "¤/kWh", "/kWh": "¤/kWh", "\xff": "¤/kWh", ".": "¤/kWh", "\u202eUR": "¤/kWh",
	} {
		c := entities.Context{Currency: currency}
		for _, row := range entities.All {
			if row.Measure == entities.Price {
				if got := row.Quantity(c).Unit; got != want {
					t.Errorf("%q: the unit of %s is %q, want %q", currency, row.ID, got, want)
				}
				break
			}
		}
	}
}
