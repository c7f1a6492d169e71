package entities

// Match is match, for tests.
var Match = match

// Prefixes returns the scope's topic prefixes with "*" for the object.
func (s Scope) Prefixes() []string { return scopes[s].prefixes }

// Private is private, for tests.
var Private = private
