//go:build race

package placestest

// The race detector takes ten times as long, and there is no more than a set of words that players share.
func init() { stride = 10 }
